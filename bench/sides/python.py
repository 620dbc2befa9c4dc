# python.py FOLDER [thread|asyncio]: the protocol of bench/side.ts with Python's ssl: blocking as a
# client, with threads or asyncio as a server.
import sys, json, ssl, socket, time, threading, resource, asyncio, gc
folder=sys.argv[1]; kind=sys.argv[2] if len(sys.argv)>2 else "thread"
cctx=ssl.create_default_context(cafile=folder+"/ca.pem")
sctx=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); sctx.load_cert_chain(folder+"/server.pem",folder+"/server.key")
def cpu(): r=resource.getrusage(resource.RUSAGE_SELF); return r.ru_utime+r.ru_stime
tl=threading.local()
def connect(c):
    s=socket.create_connection(("127.0.0.1",c["port"])); s.setsockopt(socket.IPPROTO_TCP,socket.TCP_NODELAY,1)
    sess=getattr(tl,"s",None) if c.get("resume") else None
    return cctx.wrap_socket(s,server_hostname="localhost",session=sess)
def timed(run,s=None):
    t,c=time.perf_counter(),cpu(); run(); w=time.perf_counter()-t; c=cpu()-c
    if s: s.close()
    return {"wall":w,"cpu":c}
def readall(s,buf,n):
    mv=memoryview(buf)
    while n>0:
        k=s.recv_into(mv[:n] if n<len(buf) else mv)
        if k==0: raise EOFError()
        n-=k
def D(c):
    s=connect(c); b=bytearray(262144)
    def run(): s.sendall(b"D %d %d\n"%(c["total"],c["chunk"])); readall(s,b,c["total"])
    return timed(run,s)
def U(c):
    s=connect(c); ch=bytes(c["chunk"])
    def run():
        s.sendall(b"U %d %d\n"%(c["total"],c["chunk"])); left=c["total"]
        while left>0: s.sendall(ch if left>=len(ch) else ch[:left]); left-=len(ch)
        readall(s,bytearray(1),1)
    return timed(run,s)
def P(c):
    s=connect(c); s.sendall(b"E\n"); o=b"y"*c["size"]; b=bytearray(c["size"])
    def rnd(n):
        for _ in range(n): s.sendall(o); readall(s,b,len(b))
    rnd(200); return timed(lambda: rnd(c["total"]),s)
def H(c):
    left=[c["total"]]; reused=[0]
    def worker():
        while True:
            left[0]-=1
            if left[0]<0: return
            s=connect(c); s.sendall(b"B\n"); d=s.recv(1)
            if d==b"R": reused[0]+=1
            if c.get("resume"): tl.s=s.session
            s.close()
    def run():
        ts=[threading.Thread(target=worker) for _ in range(c["concurrency"])]
        for t in ts: t.start()
        for t in ts: t.join()
    r=timed(run); r["reused"]=reused[0]; return r
def L(c):
    s=connect(c); s.sendall(b"L %d\n"%c["total"]); f=s.makefile("r",buffering=65536)
    def run():
        n=0
        for l in f:
            n+=1
            if n==c["total"]: break
    return timed(run,s)
def handle(s):
    try:
        s.setsockopt(socket.IPPROTO_TCP,socket.TCP_NODELAY,1); s=sctx.wrap_socket(s,server_side=True)
        buf=b""
        while True:
            while b"\n" not in buf:
                d=s.recv(4096)
                if not d: return
                buf+=d
            line,buf=buf.split(b"\n",1); p=line.split(); cmd=p[0]
            if cmd==b"D":
                ch=bytes(min(int(p[2]),262144)); left=int(p[1])
                while left>0: s.sendall(ch if left>=len(ch) else ch[:left]); left-=len(ch)
            elif cmd==b"U":
                readall(s,bytearray(262144),int(p[1])-len(buf)); buf=b""; s.sendall(b"K")
            elif cmd==b"E":
                if buf: s.sendall(buf)
                while True:
                    d=s.recv(65536)
                    if not d: return
                    s.sendall(d)
            elif cmd==b"P": s.sendall(b"P"); s.recv(1); return
            else: s.sendall(b"R" if s.session_reused else b"B"); return
    except Exception: pass
    finally: 
        try: s.close()
        except Exception: pass
def serve_thread():
    l=socket.create_server(("127.0.0.1",0),backlog=1024)
    def loop():
        while True:
            s,_=l.accept(); threading.Thread(target=handle,args=(s,),daemon=True).start()
    threading.Thread(target=loop,daemon=True).start(); return l.getsockname()[1]
def serve_asyncio():
    q=[]; ev=threading.Event()
    async def h(r,w):
        try:
            while True:
                p=(await r.readline()).split()
                if not p: break
                cmd=p[0]
                if cmd==b"D":
                    ch=bytes(min(int(p[2]),262144)); left=int(p[1])
                    while left>0: w.write(ch if left>=len(ch) else ch[:left]); await w.drain(); left-=len(ch)
                elif cmd==b"U":
                    left=int(p[1])
                    while left>0: left-=len(await r.read(262144))
                    w.write(b"K")
                elif cmd==b"E":
                    while True:
                        d=await r.read(65536)
                        if not d: break
                        w.write(d)
                    break
                elif cmd==b"P": w.write(b"P"); await r.read(1); break
                else: w.write(b"R" if w.get_extra_info("ssl_object").session_reused else b"B"); break
        except Exception: pass
        finally: w.close()
    async def main():
        s=await asyncio.start_server(h,"127.0.0.1",0,ssl=sctx,backlog=1024); q.append(s.sockets[0].getsockname()[1]); ev.set()
        await s.serve_forever()
    threading.Thread(target=lambda: asyncio.run(main()),daemon=True).start(); ev.wait(); return q[0]
def rss():
    gc.collect()
    for l in open("/proc/self/status"):
        if l.startswith("VmRSS"): return {"rss":int(l.split()[1])}
CMD={"cpu":lambda c:{}, "rss":lambda c:rss(), "serve":lambda c:{"port":serve_asyncio() if kind=="asyncio" else serve_thread()},"D":D,"U":U,"P":P,"H":H,"L":L}
def say(x): sys.stdout.write(json.dumps(x)+"\n"); sys.stdout.flush()
say({"ready":True})
for line in sys.stdin:
    c=json.loads(line)
    try: r={"cpu":cpu()}; r.update(CMD[c["do"]](c)); say(r)
    except Exception as e: say({"error":repr(e)})
