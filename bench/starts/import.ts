import { SslSocket } from "@socket/ssl";
void SslSocket;
