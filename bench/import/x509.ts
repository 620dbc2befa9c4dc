/** The package that the library loads only when it is asked to make certificates in its way. */
import "reflect-metadata";
export { X509Certificate } from "@peculiar/x509";
