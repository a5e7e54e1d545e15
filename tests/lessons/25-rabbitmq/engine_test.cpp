#include "../../../lessons/25-rabbitmq/engine.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "../tasks.hpp"

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::string text;
  std::getline(std::ifstream(file), text, '\0');
  return text;
}

bool runs(pid_t process) {
  return kill(process, 0) == 0;
}

}  // namespace

TEST_CASE("a folder goes with everything in it") {
  std::filesystem::path path;
  {
    const PrivateFolder folder("test");
    path = folder.path();
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
          std::filesystem::perms::owner_all);
    std::filesystem::create_directory(path / "inner");
    std::ofstream(path / "inner" / "file") << "text";
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("ports are free, and no two are the same") {
  CHECK(free_port() != free_port());
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), free_port()});
}

TEST_CASE("an engine runs in its folder, with its environment, and its words are kept") {
  const PrivateFolder folder("test");
  asio::io_context loop;
  Child engine = start_engine(Words{"sh", "-c", "pwd; echo $DISH; echo oops >&2"},
                              Words{"DISH=soup"}, folder.path());
  asio::co_spawn(loop, engine.wait_until_ended(), rethrow);
  loop.run();
  CHECK(text_of(folder.path() / "log") == folder.path().string() + "\nsoup\noops\n");
}

TEST_CASE("its environment comes before ours") {
  const PrivateFolder folder("test");
  asio::io_context loop;
  Child engine = start_engine(Words{"sh", "-c", "echo $HOME; env | grep ^HOME="},
                              Words{"HOME=/elsewhere"}, folder.path());
  asio::co_spawn(loop, engine.wait_until_ended(), rethrow);
  loop.run();
  CHECK(text_of(folder.path() / "log") == "/elsewhere\nHOME=/elsewhere\n");
}

TEST_CASE("a program that is missing is said to be") {
  const PrivateFolder folder("test");
  CHECK_THROWS_WITH(start_engine({"no-such-engine"}, {}, folder.path()),
                    "no-such-engine cannot be started: No such file or directory");
}

TEST_CASE("a log that cannot be written is named") {
  const PrivateFolder folder("test");
  const auto log = folder.path() / "none" / "log";
  CHECK_THROWS_WITH(start_engine({"true"}, {}, log.parent_path()),
                    (log.string() + ": No such file or directory").c_str());
}

TEST_CASE("an engine ends with its object, also one that has stopped") {
  const PrivateFolder folder("test");
  for (const int signal : {SIGCONT, SIGSTOP}) {
    std::optional<Child> engine;
    engine = start_engine({"sleep", "1000"}, {}, folder.path());
    const pid_t id = engine->id();
    engine->send(signal);
    CHECK(runs(id));
    engine.reset();
    CHECK(!runs(id));
  }
}

TEST_CASE("an engine that was killed has ended") {
  const PrivateFolder folder("test");
  asio::io_context loop;
  Child engine = start_engine({"sleep", "1000"}, {}, folder.path());
  WatchedTask ended(loop, engine.wait_until_ended());
  loop.run_for(20ms);
  CHECK(ended.waits());
  engine.send(SIGKILL);
  loop.run_for(20s);
  CHECK(ended.succeeded());
}
