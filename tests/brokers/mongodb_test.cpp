// A thousand orders of lesson 32, while the server or the client is killed in the middle of them:
// what was acknowledged is there, nothing is half done, and what is tried again is done once. The
// server is the lesson's stand-in; with FERRETDB in the environment, it is also the program of that
// name: a real server that speaks MongoDB's protocol.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "../../lessons/32-mongodb/address.hpp"
#include "../../lessons/32-mongodb/answer.hpp"
#include "../../lessons/32-mongodb/blocking.hpp"
#include "../../lessons/32-mongodb/document.hpp"
#include "../../tools/servers/engine.hpp"
#include "files.hpp"
#include "places.hpp"
#include "repeat.hpp"
#include "spawned_program.hpp"
#include "temporary_folder.hpp"
#include "transactions.hpp"

using mongo::array, mongo::BlockingConnection, mongo::doc, mongo::Document;

namespace {

constexpr int kills = 12;  // a server that leaves something behind at each has its chance

// A server that can be killed and started again: on the same port, and with the same folder.
class Server {
 public:
  using Command = std::vector<std::string> (*)(const std::string& port, const std::string& folder);

  explicit Server(Command command)
      : port_(std::to_string(servers::free_port())),
        command_(command(port_, folder_.path())),
        silence_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    start();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { close(silence_); }

  std::string address() const { return "127.0.0.1:" + port_; }

  void kill_and_start() {
    process_.reset();
    start();
  }

 private:
  // Returns when it answers.
  void start() {
    process_.emplace(command_, silence_, silence_);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      try {
        BlockingConnection own(mongo::parse_address(address()));
        own.command(doc("hello", 1));
        return;
      } catch (const mongo::Lost&) {
        REQUIRE_MESSAGE(std::chrono::steady_clock::now() < end, command_[0], " does not answer");
        usleep(5'000);
      }
    }
  }

  workbook::TemporaryFolder folder_;
  std::string port_;
  std::vector<std::string> command_;
  int silence_;
  std::optional<SpawnedProgram> process_{};
};

std::string lesson_program(const std::string& name) {
  return build_folder / "lessons" / "32-mongodb" / name;
}

std::vector<std::string> stand_in(const std::string& port, const std::string& folder) {
  return {lesson_program("server"), port, folder + "/log"};
}

// Empty if it is not there: then this test is skipped.
std::string ferretdb() {
  const char* program = std::getenv("FERRETDB");
  if (program != nullptr && *program != '\0') return program;
  fmt::print(
      "Skipped: brokers/mongodb-ferretdb needs FerretDB: "
      "export FERRETDB=\"$(tests/brokers/ferretdb $HOME/ferretdb)\"\n");
  std::fflush(stdout);
  return {};
}

std::vector<std::string> ferretdb_on_sqlite(const std::string& port, const std::string& folder) {
  std::filesystem::create_directory(folder + "/data");
  return {ferretdb(),
          "--handler=sqlite",
          "--sqlite-url=file:" + folder + "/data/",
          "--state-dir=" + folder,
          "--listen-addr=127.0.0.1:" + port,
          "--debug-addr=-",
          "--telemetry=disable",
          "--log-level=error"};
}

void open_orders(const std::string& address) {
  BlockingConnection own(mongo::parse_address(address));
  own.command(doc("delete", "orders", "deletes", array(doc("q", doc(), "limit", 0))));
}

std::vector<Document> all_orders(const std::string& address) {
  BlockingConnection own(mongo::parse_address(address));
  Document answer = own.command(doc("find", "orders"));
  auto all = answer.documents("cursor.firstBatch");
  while (const auto id = answer.number("cursor.id")) {
    answer = own.command(doc("getMore", id, "collection", "orders"));
    const auto more = answer.documents("cursor.nextBatch");
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

// An order is whole if it has all that it was sent with.
void look(const std::string& address, Account& account) {
  std::vector<std::tuple<int, int>> rows;
  int whole = 0;
  for (const Document& order : all_orders(address)) {
    const int number = static_cast<int>(order.number("_id"));
    const Document sent = doc("_id", number, "guest", "worker", "dishes", array("soup", "bread"));
    whole += order.json() == sent.json() ? 1 : 0;
    rows.emplace_back(number, 0);
  }
  if (rows.empty()) rows.emplace_back(0, 0);
  std::get<1>(rows.front()) = whole;
  account.compare(rows);
}

void kill_server(Server& server, const std::string& fault) {
  const std::string address = server.address();
  for (int round = 1; round <= repetitions(); ++round) {
    open_orders(address);
    kill_servers(
        fault, round, kills, address, [&] { server.kill_and_start(); },
        [&](Account& account) { look(address, account); });
  }
}

void kill_client(Server& server) {
  const std::string address = server.address();
  for (int round = 1; round <= repetitions(); ++round) {
    open_orders(address);
    kill_clients(round, kills, address, [&](Account& account) { look(address, account); });
  }
}

}  // namespace

TEST_CASE("the stand-in is killed, twelve times" * doctest::test_suite("server-killed")) {
  Server server(stand_in);
  kill_server(server, "stand-in killed");
}

TEST_CASE("the client is killed, twelve times" * doctest::test_suite("client-killed")) {
  Server server(stand_in);
  kill_client(server);
}

TEST_CASE("a real server is killed, and so is its client" * doctest::test_suite("ferretdb")) {
  if (ferretdb().empty()) return;
  Server server(ferretdb_on_sqlite);
  kill_server(server, "FerretDB killed");
  kill_client(server);
}

// (It does not know `$where`, which makes the other programs' questions slow.)
TEST_CASE("with a real server the programs print the same" * doctest::test_suite("ferretdb")) {
  if (ferretdb().empty()) return;
  Server server(ferretdb_on_sqlite);
  for (const char* name :
       {"async_answer_lost", "async_new_id_at_retry", "async_first_batch_only"}) {
    CAPTURE(name);
    const auto result = run_program({lesson_program(name), server.address()});
    CHECK(result.status == 0);
    CHECK(result.errors == "");
    const auto expected =
        source_folder / "lessons" / "32-mongodb" / (std::string(name) + ".expected");
    CHECK(result.output == workbook::read_file(expected).value());
  }
}
