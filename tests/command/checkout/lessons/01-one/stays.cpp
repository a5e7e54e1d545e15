// Two processes that run until they are ended. With an argument they ignore SIGTERM.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <initializer_list>

int main(int argc, char**) {
  if (argc > 1) {
    for (int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_IGN);
  }
  if (fork() != 0) std::puts("ready");
  for (;;) pause();
}
