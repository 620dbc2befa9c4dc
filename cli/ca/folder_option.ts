/**
 * The option that names the folder of the development CA.
 *
 * @module
 */

import type { OptionSpecs } from "../signature.ts";

/** The option. */
export const FOLDER_OPTION: OptionSpecs = {
  dir: {
    kind: "file",
    value: "FOLDER",
    help: "where the CA is (socket-ssl in the folder where the system keeps data of programs)",
    elsewhere: ["--ca-dir", "--caroot", "-CAROOT", "--root-dir"],
  },
};
