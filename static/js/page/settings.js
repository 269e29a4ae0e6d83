/** Settings of the reader, which all tabs of the browser share. */

import { SafeStorage } from "./safe_storage.js";

export const settings = new SafeStorage("localStorage");

/** Returns the value of a setting, or null. */
export const loadSetting = (name) => settings.load(name);

/** Stores a setting as text. */
export const saveSetting = (name, value) => settings.save(name, value);
