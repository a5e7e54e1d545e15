// How the programs of a lesson are run: plainly and in simulated time, unless the lesson's run.json
// says otherwise. A program that talks to others, or shows files and threads, runs in real time,
// and may need arguments, a server or clients beside it, and libraries that not everyone has.
#pragma once

#include <sys/types.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "child_process.hpp"
#include "run_program.hpp"

namespace workbook {

struct RunSettings {
  bool real_time = false;
  bool timed = true;  // false: its time depends on a disk, for instance
  // "10-http-request/server", of this lesson or another, or "servers/redis", of tools/servers;
  // empty without one.
  std::string server;
  // "22-echo-server/clients": the programs of this lesson are servers, and these connect to them.
  std::string clients;
  // "{server}" stands for the server's address, "{process}" for its process number.
  std::vector<std::string> arguments;
  // How the program's line on stderr begins if the system forbids what it uses; empty if nothing is
  // ever forbidden.
  std::string may_be_refused;

  bool has_server() const { return !server.empty(); }
  bool has_clients() const { return !clients.empty(); }
  // What must be built besides the program: "10-http-request.server"; empty if nothing.
  std::string companion_target() const;
};

// What the run.json in a lesson's folder says about `program`; the defaults without that file.
// Throws std::runtime_error, with a sentence, when it is malformed.
RunSettings load_run_settings(const std::filesystem::path& folder, const std::string& program);

// The same arguments with the address and the process number put in.
std::vector<std::string> with_server(std::vector<std::string> arguments, const std::string& address,
                                     pid_t process);

// What the caller that starts a server says about it.
struct Beside {
  ResourceLimits limits;
  // Called with each line after the first one as it comes, and its time since the run began.
  std::function<void(const PrintedLine&)> on_line;
};

// A server: a program that takes a free port of loopback, or a Unix socket, prints its address,
// "127.0.0.1:PORT" or the socket's path, as its first line, then a line for each event, and ends at
// SIGTERM. A cluster prints several such ports, with commas in between.
class LessonServer {
 public:
  // Throws std::system_error when it cannot be started.
  LessonServer(asio::any_io_executor executor, const std::filesystem::path& program,
               const std::vector<std::string>& arguments, const std::filesystem::path& folder,
               const Beside& beside = {});
  ~LessonServer();  // ends it
  LessonServer(const LessonServer&) = delete;
  LessonServer& operator=(const LessonServer&) = delete;

  // Waits for its first line and returns the address. Throws std::runtime_error, with a sentence,
  // when it ends before, prints something else, or prints nothing for a minute.
  asio::awaitable<std::string> address();
  pid_t process() const;

  // From here on the times of its lines count.
  void begin();

  // Ends it. Returns the lines after the first one.
  asio::awaitable<std::vector<PrintedLine>> stop();

  // After stop(): a sentence if it did not end in order; empty if it did. (A handler for SIGTERM
  // must be there when the address is printed.)
  asio::awaitable<std::string> disorder();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Whether the program ended without doing anything because the system forbids what it uses.
bool was_refused(const RunSettings& settings, const ProgramRun& run);

struct LessonRun {
  ProgramRun run;
  std::vector<PrintedLine> server;  // what the server said during it
};

// Runs a program with these arguments, in this folder.
using RunProgram =
    std::function<asio::awaitable<ProgramRun>(std::filesystem::path program, RunOptions options)>;

// Runs a lesson's program in real time as run.json says, in `folder`, with its server if it has
// one. If it is a server itself the run is that of its clients, who get its address and its process
// number. `build` is the build folder that has the server or the clients; `run` does the rest. The
// server is ended even when the run fails or is cancelled, and its end is awaited without blocking.
asio::awaitable<LessonRun> run_lesson(RunSettings settings, std::filesystem::path program,
                                      std::filesystem::path folder, std::filesystem::path build,
                                      RunProgram run, Beside beside);

}  // namespace workbook
