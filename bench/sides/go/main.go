package main

// main.go FOLDER: the protocol of bench/side.ts with Go's crypto/tls.
import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type C struct {
	Do          string
	Port        int
	Total       int64
	Chunk       int64
	Size        int
	Concurrency int
	Resume      bool
}

func cpu() float64 {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}

var pool *x509.CertPool
var cert tls.Certificate
var cc, rc *tls.Config

func dial(c C) *tls.Conn {
	k := cc
	if c.Resume {
		k = rc
	}
	n, e := net.Dial("tcp", fmt.Sprint("127.0.0.1:", c.Port))
	if e != nil {
		panic(e)
	}
	t := tls.Client(n, k)
	if e := t.Handshake(); e != nil {
		panic(e)
	}
	return t
}
func full(s io.Reader, b []byte, n int64) error {
	for n > 0 {
		m := b
		if n < int64(len(b)) {
			m = b[:n]
		}
		k, e := s.Read(m)
		n -= int64(k)
		if e != nil && n > 0 {
			return e
		}
	}
	return nil
}
func timed(f func()) map[string]any {
	t, c := time.Now(), cpu()
	f()
	return map[string]any{"wall": time.Since(t).Seconds(), "cpu": cpu() - c}
}
func send(s io.Writer, n int64, ch []byte) {
	for n > 0 {
		m := ch
		if n < int64(len(ch)) {
			m = ch[:n]
		}
		if _, e := s.Write(m); e != nil {
			return
		}
		n -= int64(len(m))
	}
}
func handle(s *tls.Conn) {
	defer s.Close()
	r := bufio.NewReaderSize(s, 16384)
	for {
		l, e := r.ReadString('\n')
		if e != nil {
			return
		}
		p := strings.Fields(l)
		a := int64(0)
		b := int64(16384)
		if len(p) > 1 {
			a, _ = strconv.ParseInt(p[1], 10, 64)
		}
		if len(p) > 2 {
			b, _ = strconv.ParseInt(p[2], 10, 64)
		}
		switch p[0] {
		case "D":
			if b > 262144 {
				b = 262144
			}
			send(s, a, make([]byte, b))
		case "U":
			full(r, make([]byte, 262144), a)
			s.Write([]byte("K"))
		case "E":
			buf := make([]byte, 16384)
			for {
				n, e := r.Read(buf)
				if e != nil {
					return
				}
				if _, e := s.Write(buf[:n]); e != nil {
					return
				}
			}
		case "P":
			s.Write([]byte("P"))
			var o [1]byte
			r.Read(o[:])
			return
		default:
			x := "B"
			if s.ConnectionState().DidResume {
				x = "R"
			}
			s.Write([]byte(x))
			return
		}
	}
}
func main() {
	d := os.Args[1]
	pem, _ := os.ReadFile(d + "/ca.pem")
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	cert, _ = tls.LoadX509KeyPair(d+"/server.pem", d+"/server.key")
	cc = &tls.Config{RootCAs: pool, ServerName: "localhost"}
	rc = &tls.Config{RootCAs: pool, ServerName: "localhost", ClientSessionCache: tls.NewLRUClientSessionCache(100)}
	out := json.NewEncoder(os.Stdout)
	out.Encode(map[string]any{"ready": true})
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var c C
		json.Unmarshal(in.Bytes(), &c)
		r := map[string]any{}
		switch c.Do {
		case "serve":
			l, _ := net.Listen("tcp", "127.0.0.1:0")
			go func() {
				k := &tls.Config{Certificates: []tls.Certificate{cert}}
				for {
					n, e := l.Accept()
					if e != nil {
						return
					}
					go handle(tls.Server(n, k))
				}
			}()
			r["port"] = l.Addr().(*net.TCPAddr).Port
		case "rss":
			debug.FreeOSMemory()
			b, _ := os.ReadFile("/proc/self/status")
			for _, l := range strings.Split(string(b), "\n") {
				if strings.HasPrefix(l, "VmRSS:") {
					v, _ := strconv.Atoi(strings.Fields(l)[1])
					r["rss"] = v
				}
			}
		case "D":
			s := dial(c)
			b := make([]byte, 262144)
			r = timed(func() { fmt.Fprintf(s, "D %d %d\n", c.Total, c.Chunk); full(s, b, c.Total) })
			s.Close()
		case "U":
			s := dial(c)
			b := make([]byte, c.Chunk)
			r = timed(func() {
				fmt.Fprintf(s, "U %d %d\n", c.Total, c.Chunk)
				send(s, c.Total, b)
				full(s, make([]byte, 1), 1)
			})
			s.Close()
		case "P":
			s := dial(c)
			s.Write([]byte("E\n"))
			b := make([]byte, c.Size)
			rd := func(n int64) {
				for i := int64(0); i < n; i++ {
					s.Write(b)
					full(s, b, int64(c.Size))
				}
			}
			rd(200)
			r = timed(func() { rd(c.Total) })
			s.Close()
		case "H":
			left := c.Total
			var re int64
			r = timed(func() {
				var w sync.WaitGroup
				for i := 0; i < c.Concurrency; i++ {
					w.Add(1)
					go func() {
						defer w.Done()
						for atomic.AddInt64(&left, -1) >= 0 {
							s := dial(c)
							s.Write([]byte("B\n"))
							b := make([]byte, 1)
							s.Read(b)
							if b[0] == 'R' {
								atomic.AddInt64(&re, 1)
							}
							s.Close()
						}
					}()
				}
				w.Wait()
			})
			r["reused"] = re
		case "L":
			s := dial(c)
			fmt.Fprintf(s, "L %d\n", c.Total)
			r = timed(func() {
				sc := bufio.NewScanner(s)
				for i := int64(0); i < c.Total && sc.Scan(); i++ {
					_ = sc.Text()
				}
			})
			s.Close()
		}
		if _, ok := r["cpu"]; !ok {
			r["cpu"] = cpu()
		}
		out.Encode(r)
	}
}
