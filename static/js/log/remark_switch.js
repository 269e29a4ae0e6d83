/** The switch that shows or hides the robot's remarks. The browser remembers its position. */

import { loadSetting, saveSetting } from "../page/settings.js";

const SETTING = "chatter"; // the name under which earlier versions stored it

export class RemarkSwitch {
  constructor(checkbox, log, scrollManager, paginator) {
    checkbox.checked = loadSetting(SETTING) !== "no";
    log.toggleRemarks(checkbox.checked);
    checkbox.addEventListener("change", () => {
      saveSetting(SETTING, checkbox.checked ? "yes" : "no");
      scrollManager.keepPosition(() => log.toggleRemarks(checkbox.checked), { follow: true });
      paginator.loadNearby({ asked: true });
    });
  }
}
