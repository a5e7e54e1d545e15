// The code that the programs of tools/servers share: a folder, ports, and an engine that ends with
// them.
#include "../../tools/servers/engine.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "../../tools/servers/readiness.hpp"
#include "caught.hpp"

using namespace std::chrono_literals;
using servers::ChildProcess, servers::EnvironmentChange, servers::PrivateFolder;

namespace {

using Words = std::vector<std::string>;
using Environment = std::vector<EnvironmentChange>;

std::string text_of(const std::filesystem::path& file) {
  std::string text;
  std::getline(std::ifstream(file), text, '\0');
  return text;
}

// An engine on its own loop.
struct Engine {
  asio::io_context loop;
  std::unique_ptr<ChildProcess> process;

  Engine(const Words& command, const Environment& environment, const std::filesystem::path& folder)
      : process(servers::start_engine(loop.get_executor(), command, environment, folder)) {}

  bool ends() {
    bool ended = false;
    asio::co_spawn(loop, process->wait(), [&](std::exception_ptr error, workbook::ProcessEnd) {
      ended = !error;
      loop.stop();
    });
    loop.restart();
    loop.run_for(20s);
    return ended;
  }
};

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
  CHECK(servers::free_port() != servers::free_port());
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context,
                                   {asio::ip::address_v4::loopback(), servers::free_port()});
}

TEST_CASE("an engine runs in its folder, with its environment, and its words are kept") {
  const PrivateFolder folder("test");
  Engine engine({"sh", "-c", "pwd; echo $DISH; echo oops >&2"}, {{"DISH", "soup"}}, folder.path());
  CHECK(engine.ends());
  CHECK(text_of(folder.path() / "log") == folder.path().string() + "\nsoup\noops\n");
}

TEST_CASE("its environment comes before ours") {
  const PrivateFolder folder("test");
  Engine engine({"sh", "-c", "echo $HOME; env | grep ^HOME="}, {{"HOME", "/elsewhere"}},
                folder.path());
  CHECK(engine.ends());
  CHECK(text_of(folder.path() / "log") == "/elsewhere\nHOME=/elsewhere\n");
}

TEST_CASE("a program that is missing is said to be") {
  const PrivateFolder folder("test");
  CHECK_THROWS_WITH(Engine({"no-such-engine"}, {}, folder.path()),
                    "no-such-engine could not be started: No such file or directory");
}

TEST_CASE("a log that cannot be written is named") {
  const PrivateFolder folder("test");
  const auto log = folder.path() / "none" / "log";
  CHECK_THROWS_WITH(Engine({"true"}, {}, log.parent_path()),
                    (log.string() + ": No such file or directory").c_str());
}

TEST_CASE("an engine ends with its object, also one that has stopped") {
  const PrivateFolder folder("test");
  for (const int signal : {SIGCONT, SIGSTOP}) {
    Engine engine({"sleep", "1000"}, {}, folder.path());
    const pid_t id = engine.process->id();
    engine.process->send(signal);
    CHECK(kill(id, 0) == 0);
    engine.process.reset();
    CHECK(kill(id, 0) == -1);
  }
}

TEST_CASE("an engine that was killed has ended") {
  const PrivateFolder folder("test");
  Engine engine({"sleep", "1000"}, {}, folder.path());
  engine.process->send(SIGKILL);
  CHECK(engine.ends());
}

TEST_CASE("an engine that ends before it is ready is quoted") {
  const PrivateFolder folder("test");
  asio::io_context loop;
  servers::Readiness readiness(loop.get_executor(), folder.path());
  const auto engine = servers::start_engine(
      loop.get_executor(), {"sh", "-c", "echo the stove is cold"}, {}, folder.path());
  std::string why;
  asio::co_spawn(loop, readiness.wait_for(*engine, "The kitchen"), [&](std::exception_ptr error) {
    try {
      workbook::rethrow(error);
    } catch (const std::exception& failure) {
      why = failure.what();
    }
  });
  loop.run();
  CHECK(why == "The kitchen ended before it was ready. It said:\nthe stove is cold\n");
}
