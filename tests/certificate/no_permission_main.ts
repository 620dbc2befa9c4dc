/** Run without any permission by key_test.ts. */
import { certCreate, TestCa } from "../../certificate/mod.ts";
import "../../intercept/intercept.ts";

const ca = await TestCa.create();
const { cert } = await certCreate({
  issuer: { cert: ca.cert, key: ca.privateKey },
  key: ca.privateKey,
});
if (cert.issuer !== ca.cert.subject) throw new Error(cert.issuer);
