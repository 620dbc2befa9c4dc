/** Runs one case of early_cases.ts where no handle has been used yet: every worker has its own modules. */

import { CASES } from "./early_cases.ts";

const worker = self as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(outcome: string): void;
};

worker.onmessage = ({ data }) => {
  CASES[data]!().then(
    () => worker.postMessage("ok"),
    (error) =>
      worker.postMessage(error instanceof Error ? error.stack ?? error.message : String(error)),
  );
};
