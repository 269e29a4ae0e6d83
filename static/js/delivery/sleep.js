/** Resolves after `milliseconds`. Rejects as soon as the signal is aborted. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort); // the signal may outlive many sleeps
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
  });
}
