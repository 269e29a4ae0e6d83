/** Takes the connections that all tabs share, as eight other tabs of this site would. */

import { LOCKS } from "../delivery/shared_connections.js";

/**
 * Takes the connections once the lanes have left them. Returns a function that gives them back.
 * @param {() => void} restartLanes
 */
export function openTabs(restartLanes) {
  const all = Promise.withResolvers();
  for (const lock of LOCKS) navigator.locks?.request(lock, () => all.promise);
  restartLanes();
  return () => {
    all.resolve();
    restartLanes();
  };
}
