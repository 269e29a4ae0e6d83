/** Creates the parts of the page and connects them. */

import { Composer } from "./composer/composer.js";
import { isMine } from "./composer/mine.js";
import { NameField } from "./composer/name_field.js";
import { Outbox } from "./composer/outbox.js";
import { Delivery } from "./delivery/delivery.js";
import { DeliveryPanel } from "./delivery/delivery_panel.js";
import { methodFromAddress, readMethods } from "./delivery/methods.js";
import { followPageLifecycle } from "./delivery/page_lifecycle.js";
import { Gallery } from "./gallery/gallery.js";
import { Lightbox } from "./gallery/lightbox.js";
import { LogControls } from "./log/log_controls.js";
import { isFromOthers } from "./log/message_kinds.js";
import { MessageLog } from "./log/message_log.js";
import { readMessage } from "./log/message_row.js";
import { Paginator } from "./log/paginator.js";
import { RemarkSwitch } from "./log/remark_switch.js";
import { ScrollManager } from "./log/scroll_manager.js";
import { Announcer } from "./page/announcer.js";
import { ConnectionStatus } from "./page/connection_status.js";
import { Invitation } from "./page/invitation.js";
import { Notifier } from "./page/notifier.js";
import { RobotPresence } from "./page/robot_presence.js";
import { listenForSlash } from "./page/shortcuts.js";
import { UnreadTitle } from "./page/unread_title.js";
import { fitToVisualViewport } from "./page/visual_viewport.js";

const $ = (selector) => document.querySelector(selector);

const composer = new Composer($("#composer"), send);
const lightbox = new Lightbox($("#lightbox"), share);
new Gallery($("#tiles"), (name) => lightbox.open(name));

const messages = Array.from(document.querySelectorAll("#log [data-id]"), readMessage);
const log = new MessageLog($("#log"), isMine);
const scrollManager = new ScrollManager($("#scroller"), $("#log"));
const paginator = new Paginator(log, scrollManager);
new LogControls(paginator, scrollManager, {
  scroller: $("#scroller"),
  earlier: $("#earlier"),
  jump: $("#jump"),
});
new RemarkSwitch($("#remarks"), log, scrollManager, paginator);
paginator.reset(messages);

const announcer = new Announcer($("#announcer"));
const unreadTitle = new UnreadTitle();
const invitation = new Invitation($("#invitation"), (text) => composer.submit(text));
const notifier = new Notifier($("#notify-menu"), $("#notify"));
const nameField = new NameField($("#composer"));
const outbox = new Outbox($("#outbox"));
outbox.addEventListener("sent", ({ detail }) => nameField.accept(detail.post.author));
outbox.addEventListener("rejected", ({ detail }) => {
  composer.reject(detail.post.text, detail.reason);
});

const methods = readMethods(document.querySelectorAll(".method"));
const delivery = new Delivery(methods, methodFromAddress(methods), $("#log").dataset.next);
delivery.addEventListener("page", ({ detail }) => receive(detail.page.messages));
delivery.addEventListener("reset", ({ detail }) => reset(detail.page.messages));
delivery.addEventListener("state", ({ detail }) => {
  if (detail.state === "connected") outbox.retry();
});

new ConnectionStatus($("#status"), delivery, announcer);
const lastOfRobot = messages.findLast(({ role }) => role === "robot");
new RobotPresence($("#presence"), delivery, lastOfRobot?.time);
new DeliveryPanel($("#panel"), $("#panel-button"), delivery, methods);
listenForSlash(() => composer.focus());
fitToVisualViewport();
followPageLifecycle(delivery);
delivery.run();
outbox.restore();

function receive(messages) {
  if (!messages.length) return;
  invitation.deliver(messages);
  outbox.deliver(messages);
  const fromOthers = messages.filter(isFromOthers);
  paginator.deliver(messages, fromOthers.length);
  announcer.announceMessages(fromOthers);
  unreadTitle.add(fromOthers.length);
  notifier.notify(fromOthers);
}

function reset(messages) {
  invitation.reset(messages);
  paginator.reset(messages);
}

function send(text) {
  invitation.hide();
  paginator.jumpToNewest().catch(() => {}); // sending does not depend on the log
  outbox.send({ text, author: nameField.value });
}

function share({ name, title }) {
  composer.submit(`Look at “${title}”: ${name}`);
}
