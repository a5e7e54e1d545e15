// What blocks.cpp does, with goroutines and channels: blocks queue CAPACITY ITEMS | blocks group TASKS
// On one processor, as the others are on one thread.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

// Of processor time.
func seconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func passItems(capacity, items int) {
	queue := make(chan int, capacity)
	var unfinished, tasks sync.WaitGroup
	start := seconds()
	tasks.Add(2)
	go func() {
		defer tasks.Done()
		for item := 0; item < items; item++ {
			unfinished.Add(1)
			queue <- item
		}
		unfinished.Wait()
		close(queue)
	}()
	go func() {
		defer tasks.Done()
		for range queue {
			unfinished.Done()
		}
	}()
	tasks.Wait()
	fmt.Println(seconds()-start)
}

func residentBytes() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	return float64(number(strings.Fields(string(text))[1]) * os.Getpagesize())
}

func passGateTogether(count int) {
	gate := make(chan struct{})
	waiting := 0
	before := residentBytes()
	var tasks sync.WaitGroup
	start := seconds()
	for task := 0; task < count; task++ {
		tasks.Add(1)
		go func() {
			defer tasks.Done()
			waiting++
			<-gate
		}()
	}
	for waiting < count {
		runtime.Gosched()
	}
	size := (residentBytes() - before) / float64(waiting)
	close(gate)
	tasks.Wait()
	fmt.Println(seconds()-start, size)
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) == 4 && os.Args[1] == "queue" {
		passItems(number(os.Args[2]), number(os.Args[3]))
	} else if len(os.Args) == 3 && os.Args[1] == "group" {
		passGateTogether(number(os.Args[2]))
	} else {
		fmt.Fprintln(os.Stderr, "Usage: blocks queue CAPACITY ITEMS | blocks group TASKS")
		os.Exit(2)
	}
}
