// An echo server with a goroutine for each client, on one processor, as the others are on one thread. Prints its port,
// and serves until it is killed.
package main

import (
	"fmt"
	"net"
	"runtime"
)

func serve(client net.Conn) {
	defer client.Close()
	piece := make([]byte, 1024)
	for {
		size, err := client.Read(piece)
		if err != nil {
			return
		}
		if _, err := client.Write(piece[:size]); err != nil {
			return
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		client, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go serve(client)
	}
}
