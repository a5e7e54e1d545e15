// The clients of the echo servers, with as little work of their own as possible: all send 16 bytes,
// and all wait for them, again and again.
//   backends_load PORT CLIENTS ROUNDS
// Prints the seconds that all rounds took. With 0 rounds it prints "ready" as soon as its clients
// are connected and have been served once, and stays until its input ends.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr char message[] = "0123456789abcdef";
constexpr std::size_t message_size = 16;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

int connect_to(unsigned short port) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (client < 0) give_up("socket");
  if (::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    give_up("connect");
  }
  return client;
}

void talk(const std::vector<int>& clients) {
  for (const int client : clients) {
    if (::send(client, message, message_size, MSG_NOSIGNAL) != message_size) give_up("send");
  }
  for (const int client : clients) {
    char echo[message_size];
    if (::recv(client, echo, message_size, MSG_WAITALL) != message_size) give_up("recv");
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 4) return 2;
  const auto port = static_cast<unsigned short>(std::stoi(argv[1]));
  const int number = std::stoi(argv[2]);
  const int rounds = std::stoi(argv[3]);
  std::vector<int> clients;
  for (int client = 0; client < number; ++client) {
    clients.push_back(connect_to(port));
    talk({clients.back()});  // so that it is served, not only in the system's queue
  }
  if (rounds == 0) {
    std::puts("ready");
    std::fflush(stdout);
    std::getchar();
    return 0;
  }
  const auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < rounds; ++round) talk(clients);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  std::printf("%f\n", elapsed.count());
}
