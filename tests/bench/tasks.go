// What lessons/36-a-million-tasks does, with goroutines: tasks TASKS SECONDS
// On one processor, as the others are on one thread.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

var begun, rising int

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func rise(loaf, seconds int, all *sync.WaitGroup) {
	begun++
	rising++
	time.Sleep(time.Duration(seconds*1000+loaf%10*100) * time.Millisecond)
	rising--
	all.Done()
}

func main() {
	runtime.GOMAXPROCS(1)
	loaves, seconds := number(os.Args[1]), number(os.Args[2])
	var all sync.WaitGroup
	for loaf := 0; loaf < loaves; loaf++ {
		all.Add(1)
		go rise(loaf, seconds, &all)
	}
	for begun < loaves {
		runtime.Gosched()
	}
	fmt.Println(rising)
	all.Wait()
}
