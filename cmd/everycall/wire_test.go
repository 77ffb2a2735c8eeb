package main

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

// A client that stops in the middle of its request must not turn Ctrl-C into a failure.
func TestASlowClientIsNoFailureAtTheEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	under := make(chan struct{})
	web := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		close(under)
		_, _ = req.Body.Read(make([]byte, 1)) // the client sends nothing
	})}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-under
	if err := shutDown(web, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != http.ErrServerClosed {
		t.Fatal(err)
	}
}
