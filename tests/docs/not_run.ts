/**
 * The blocks of code that nothing runs, each with its reason. There are no others.
 *
 * @module
 */

/** Name of the block -> why it cannot run. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "docs/node.md: mysql2": "tests/interop/node_servers_test.ts has it with MariaDB",
  "node/mysql_stream.ts": "tests/interop/node_servers_test.ts has it with MariaDB",
  "docs/node.md: pg and postgres.js": "tests/interop/node_servers_test.ts has it with PostgreSQL",
  "docs/node.md: ioredis": "tests/interop/node_servers_test.ts has it with Redis",
  "docs/node.md: mqtt": "tests/interop/node_servers_test.ts has it with Mosquitto",
  "docs/node.md: nodemailer": "tests/interop/node_http_test.ts has it with a mail server",
};
