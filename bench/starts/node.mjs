import tls from "node:tls";
import fs from "node:fs";
const s = tls.connect({
  host: "127.0.0.1",
  port: +process.argv[2],
  servername: "localhost",
  ca: fs.readFileSync(process.env.BENCH_CERTS + "/ca.pem"),
}, () => s.write("B\n"));
s.once("data", (d) => {
  if (d[0] !== 66) throw d;
  s.end();
});
