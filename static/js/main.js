/** Puts the page's parts together. */

import { announcer, isNews, notifier, titleCount } from "./page/announcer.js";
import { compose } from "./composer/composer.js";
import { Delivery } from "./delivery/delivery.js";
import { DeliveryPanel } from "./delivery/delivery_panel.js";
import { methodFromAddress, readMethods } from "./delivery/methods.js";
import { followPageLifecycle } from "./delivery/page_lifecycle.js";
import { keepGallery } from "./gallery/gallery.js";
import { keepControls } from "./log/controls.js";
import { Lightbox } from "./gallery/lightbox.js";
import { Log } from "./log/log.js";
import { isMine } from "./composer/mine.js";
import { keepName } from "./composer/name_field.js";
import { Outbox } from "./composer/outbox.js";
import { Reader } from "./log/paginator.js";
import { messageOf } from "./log/row.js";
import { Scroll } from "./log/scroll_manager.js";
import { recall, remember } from "./page/settings.js";
import { showPresence, showStatus } from "./page/connection_status.js";
import { followViewport } from "./page/viewport.js";

const $ = (selector) => document.querySelector(selector);

const { submit, settle } = compose($("#composer"), send);
const showInChat = ({ name, title }) => submit(`Look at “${title}”: ${name}`);
const lightbox = new Lightbox($("#lightbox"), showInChat);
keepGallery($("#tiles"), (name) => lightbox.open(name));

const messages = [...document.querySelectorAll("#log [data-id]")].map(messageOf);
const log = new Log($("#log"), isMine);
const scroll = new Scroll($("#scroller"), $("#log"));
const reader = new Reader(log, scroll);
const controls = { scroller: $("#scroller"), earlier: $("#earlier"), jump: $("#jump") };
keepControls(reader, log, scroll, controls);
keepChatterSwitch($("#chatter"));
reader.begin(messages);

const { announce, announceNews } = announcer($("#announcer"));
const count = titleCount();
const notify = notifier($("#bell"));
const outbox = new Outbox($("#outbox"), settle);
const methods = readMethods(document.querySelectorAll(".method"));
const delivery = new Delivery(methods, methodFromAddress(methods), $("#log").dataset.next);

delivery.addEventListener("page", ({ detail: { page } }) => {
  if (!page.messages.length) return;
  outbox.delivered(page.messages);
  const news = page.messages.filter(isNews);
  reader.deliver(page.messages, news.length);
  announceNews(news);
  count(news);
  notify(news);
});
delivery.addEventListener("reset", ({ detail: { page } }) => reader.begin(page.messages));

const nameAsked = keepName($("#composer"));
showStatus($("#status"), delivery, announce);
showPresence($("#presence"), delivery, messages.findLast(({ role }) => role === "robot")?.time);
new DeliveryPanel($("#panel"), $("#panel-button"), delivery, methods);
followViewport();
followPageLifecycle(delivery);
delivery.run();

function send(text) {
  nameAsked();
  reader.jump().catch(() => {}); // the message can be sent, though the log cannot be read
  return outbox.send(text, $("#composer").elements.author.value.trim());
}

function keepChatterSwitch(box) {
  box.checked = recall("chatter") !== "no";
  log.chatter = box.checked;
  box.addEventListener("change", () => {
    remember("chatter", box.checked ? "yes" : "no");
    scroll.keep(() => (log.chatter = box.checked), true);
    reader.scrolled();
  });
}
