/** Puts the page's parts together. */

import { compose } from "./composer.js";
import { Delivery, followPage, WAYS } from "./delivery.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { showStatus } from "./status.js";
import { chooseWay, wayFromAddress } from "./way.js";

const $ = (selector) => document.querySelector(selector);

const outbox = new Outbox($("#outbox"));
const log = new Log($("#log"), $("#scroller"), (message) => outbox.isMine(message));
const nothing = { request() {}, received() {} };
const meters = Object.fromEntries(Object.keys(WAYS).map((way) => [way, nothing]));
const delivery = new Delivery($("#log").dataset.next, wayFromAddress(), meters);

delivery.addEventListener("page", ({ detail }) => log.append(detail.page.messages));
delivery.addEventListener("anew", ({ detail }) => log.reset(detail.page.messages));

showStatus($("#status"), delivery);
chooseWay($("#way"), delivery);
compose($("#composer"), (text, author) => outbox.send(text, author));
followPage(delivery);
delivery.run();
