// What lessons/36-a-million-tasks does, with goroutines: tasks TASKS
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

// Longer than in the lesson: the last task must begin before the first ends.
const seconds = 10

var rising int

func risingTime(loaf int) time.Duration {
	return time.Duration(seconds*1000+loaf%10*100) * time.Millisecond
}

func rise(loaf int, all *sync.WaitGroup) {
	rising++
	time.Sleep(risingTime(loaf))
	rising--
	all.Done()
}

func main() {
	runtime.GOMAXPROCS(1)
	loaves, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	var all sync.WaitGroup
	most := 0
	for loaf := 0; loaf < loaves; loaf++ {
		all.Add(1)
		go rise(loaf, &all)
	}
	for range [10]int{} {
		runtime.Gosched() // until all have begun
		if rising > most {
			most = rising
		}
	}
	fmt.Println(most)
	all.Wait()
}
