/** Calls the reader: by the tab's title, by a notification, and by voice for those who listen. */

import { isChatter } from "../log/row.js";
import { isMine } from "../composer/mine.js";
import { recall, remember } from "./settings.js";

const SPOKEN = 5; // announcements kept, and made at once: nobody listens to a hundred

/** Whether the reader takes part in it, and did not say it. */
export const isNews = (message) => !isChatter(message) && !isMine(message.id);

/** Lets a screen reader say a text, or what is new in the conversation. */
export function announcer(place) {
  const announce = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    place.append(line);
    if (place.childElementCount > SPOKEN) place.firstElementChild.remove();
  };
  const announceNews = (news) => {
    if (news.length > SPOKEN) announce(`${news.length} new messages`);
    else for (const { author, text } of news) announce(`${author}: ${text}`);
  };
  return { announce, announceNews };
}

/** @returns {(news: object[]) => void} counts news in the title while the page is hidden */
export function titleCount() {
  const title = document.title;
  let count = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    count = 0;
    document.title = title;
  });
  return (news) => {
    if (!document.hidden || !news.length) return;
    count += news.length;
    document.title = `(${count}) ${title}`;
  };
}

/** @returns {(news: object[]) => void} notifies of answers to the reader while the page is hidden */
export function notifier(bell) {
  const wanted = () => recall("notify") === "yes" && Notification.permission === "granted";
  if (!("Notification" in window)) {
    bell.hidden = true;
    return () => {};
  }
  const show = () => bell.setAttribute("aria-pressed", String(wanted()));
  bell.addEventListener("click", async () => {
    const on = !wanted() && (await Notification.requestPermission()) === "granted";
    remember("notify", on ? "yes" : "no");
    show();
  });
  show();
  return (news) => {
    if (!document.hidden || !wanted()) return;
    for (const { author, text } of news.filter(({ reply_to: id }) => id && isMine(id))) {
      try {
        new Notification(`${author} answered`, { body: text, tag: "answer" });
      } catch {
        bell.hidden = true; // phones have the class, but only let a service worker use it
      }
    }
  };
}
