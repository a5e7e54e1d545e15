// A server as far as the command can see: its engine is another process, it prints its address,
// answers its clients, and ends in order at a signal.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

volatile std::sig_atomic_t told = 0;

int main() {
  if (const char* fault = std::getenv("SERVER_FAULT")) {
    if (std::strcmp(fault, "dry") != 0) return 3;
    std::fputs("There is no water in the kettle.\n", stderr);
    return 2;
  }
  const pid_t here = getpid();
  const pid_t engine = fork();
  if (engine == 0) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == here) pause();  // or the parent was gone before that line
    _exit(0);
  }
  struct sigaction action {};
  action.sa_handler = [](int) { told = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);

  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* pointer = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, pointer, size) != 0 || listen(listener, 1) != 0 ||
      getsockname(listener, pointer, &size) != 0) {
    return 4;
  }
  std::printf("127.0.0.1:%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  while (told == 0) {
    const int client = accept(listener, nullptr, nullptr);
    if (client < 0) continue;
    [[maybe_unused]] const auto written = write(client, "tea", 3);
    close(client);
  }
  kill(engine, SIGKILL);
  waitpid(engine, nullptr, 0);
}
