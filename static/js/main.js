/** Creates the parts of the page and connects them. */

import { Composer } from "./composer/composer.js";
import { isMine } from "./composer/mine.js";
import { NameField } from "./composer/name_field.js";
import { Recall } from "./composer/recall.js";
import { ReplyTarget } from "./composer/reply_target.js";
import { Outbox } from "./composer/outbox.js";
import { Delivery } from "./delivery/delivery.js";
import { DeliveryPanel } from "./delivery/delivery_panel.js";
import { methodFromAddress, readMethods } from "./delivery/methods.js";
import { followPageLifecycle } from "./delivery/page_lifecycle.js";
import { Gallery } from "./gallery/gallery.js";
import { Lightbox } from "./gallery/lightbox.js";
import { copyCodeOnClick } from "./log/code_copier.js";
import { LogControls } from "./log/log_controls.js";
import { isFromOthers, isRemark } from "./log/message_kinds.js";
import { MessageLinks } from "./log/message_links.js";
import { MessageLog } from "./log/message_log.js";
import { readMessage } from "./log/message_row.js";
import { Notice } from "./log/notice.js";
import { Paginator } from "./log/paginator.js";
import { RemarkSwitch } from "./log/remark_switch.js";
import { ScrollManager } from "./log/scroll_manager.js";
import { UnreadLine } from "./log/unread_line.js";
import { Announcer } from "./page/announcer.js";
import { ConnectionStatus } from "./page/connection_status.js";
import { Invitation } from "./page/invitation.js";
import { Notifier } from "./page/notifier.js";
import { RobotPresence } from "./page/robot_presence.js";
import { listenForSlash } from "./page/shortcuts.js";
import { UnreadTitle } from "./page/unread_title.js";
import { fitToVisualViewport } from "./page/visual_viewport.js";
import { Search } from "./search/search.js";

const $ = (selector) => document.querySelector(selector);

const composer = new Composer($("#composer"), send);
const lightbox = new Lightbox($("#lightbox"), share);
new Gallery($("#tiles"), (name) => lightbox.open(name));

const messages = Array.from(document.querySelectorAll("#log [data-id]"), readMessage);
const log = new MessageLog($("#log"), isMine);
const scrollManager = new ScrollManager($("#scroller"), $("#log"));
const paginator = new Paginator(log, scrollManager);
new LogControls(paginator, {
  scroller: $("#scroller"),
  earlier: $("#earlier"),
  jump: $("#jump"),
});
const links = new MessageLinks(paginator, $("#scroller"), new Notice($("#notice")));
const isShown = (message) => $("#remarks").checked || !isRemark(message);
const show = (id, options) => links.show(id, options);
new Search($("#search"), $("#search-button"), show, isShown);
new RemarkSwitch($("#remarks"), log, scrollManager, paginator);
const unreadLine = new UnreadLine(
  log,
  paginator,
  { scroller: $("#scroller"), button: $("#unread") },
  show,
);
paginator.reset(messages);
unreadLine.start(messages);
links.showAddressed();

const announcer = new Announcer($("#announcer"));
copyCodeOnClick($("#log"), announcer);
const unreadTitle = new UnreadTitle();
const invitation = new Invitation($("#invitation"), (text) => composer.submit(text));
const replyTarget = new ReplyTarget($("#composer"), (id) => log.message(id));
replyTarget.listen($("#log"));
const recall = new Recall($("#message"), () => log.lastOwnText);
const notifier = new Notifier($("#notify-menu"), $("#notify"));
const nameField = new NameField($("#composer"));
const outbox = new Outbox($("#outbox"));
outbox.addEventListener("sent", ({ detail }) => nameField.accept(detail.post.author));
outbox.addEventListener("rejected", ({ detail }) => {
  composer.reject(detail.post.text, detail.reason);
  if (detail.post.reply_to) replyTarget.set(detail.post.reply_to);
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
log.showQuotesIn($("#outbox"));

function receive(messages) {
  if (!messages.length) return;
  invitation.deliver(messages);
  outbox.deliver(messages);
  const fromOthers = messages.filter(isFromOthers);
  paginator.deliver(messages, fromOthers.length);
  unreadLine.deliver(messages);
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
  outbox.send({ text, author: nameField.value, reply_to: replyTarget.take() });
  log.showQuotesIn($("#outbox"));
  unreadLine.clear();
  recall.remember(text);
}

function share({ name, title }) {
  composer.submit(`Look at “${title}”: ${name}`);
}
