/**
 * The connections that all tabs of a browser share for waiting.
 *
 * Over HTTP/1.1 a browser opens six connections to a host, for all tabs together. If each tab kept
 * one waiting, the seventh tab would never load. So tabs may wait on four, and two stay free.
 * WebSockets do not count among the six.
 */

export const LOCKS = ["waiting-1", "waiting-2", "waiting-3", "waiting-4"];

/** Reserves a connection and returns a function that releases it. Throws if none is free. */
export async function reserveConnection() {
  if (!navigator.locks) return () => {}; // it needs https or localhost
  for (const lock of LOCKS) {
    const release = await acquire(lock);
    if (release) return release;
  }
  throw new Error("Other tabs use all connections that may wait.");
}

/** Resolves to a function that releases the lock, or to null if another tab holds it. */
function acquire(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((release) => resolve(release));
    });
  });
}
