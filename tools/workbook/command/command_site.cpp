#include <fmt/format.h>
#include <signal.h>

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <exception>
#include <memory>
#include <system_error>

#include "caught.hpp"
#include "commands.hpp"
#include "notice.hpp"
#include "orphans.hpp"
#include "site_server.hpp"

namespace workbook {
namespace {

std::filesystem::path site_folder(const Context& context) {
  return context.build / "site";
}

// Debian's own mkdocs runs Debian's Python, which has what the pages need; another mkdocs that is
// found first may not.
std::string mkdocs() {
  return std::filesystem::exists("/usr/bin/mkdocs") ? "/usr/bin/mkdocs" : "mkdocs";
}

// Runs a command whose output matters only if it fails; then it is printed. Returns how it ended.
asio::awaitable<ProcessEnd> run_quietly(Context& context, std::vector<std::string> command,
                                        ProcessOptions options) {
  std::string output;
  const ChildProcess::OnOutput on_output = [&output](std::string_view text) { output += text; };
  const ProcessEnd end = co_await context.supervisor.run(command, options, on_output);
  context.console.done();
  if (!end.succeeded()) context.console.print_errors(output);
  co_return end;
}

asio::awaitable<void> build_site(Context& context) {
  context.console.progress("Building the pages", "");
  const std::vector<std::string> command{mkdocs(),  "build",      "--strict",
                                         "--quiet", "--site-dir", site_folder(context).string()};
  ProcessOptions options;
  options.folder = context.checkout;
  options.environment = colours(context.console);
  // Python must leave nothing in the checkout, which may be read-only.
  options.environment.push_back({"PYTHONDONTWRITEBYTECODE", "1"});
  const ProcessEnd end = co_await run_quietly(context, command, options);
  if (end.succeeded()) co_return;
  throw Failure(fmt::format("The pages could not be built: mkdocs {}.", end.describe()));
}

// The exercises are written in CodeMirror if npm has it, otherwise in a plain text area.
asio::awaitable<void> bundle_editor(Context& context) {
  context.console.progress("Making the editor", "");
  const std::vector<std::string> command{
      (context.checkout / "tools" / "editor" / "bundle").string(),
      (context.build / "editor").string(), site_folder(context).string()};
  ProcessOptions options;
  options.environment = colours(context.console);
  const ProcessEnd end = co_await run_quietly(context, command, options);
  if (end.succeeded()) co_return;
  context.console.say(
      "The editor could not be made (it comes from npm, over the network), so the exercises are "
      "written in a plain text area.",
      Style::dim);
}

// The browser takes its time, and what it could not do is one sentence of the script's.
asio::awaitable<void> print_book(Context& context, const std::filesystem::path& book) {
  context.console.progress("Printing the book, which takes a minute or two", "");
  const std::filesystem::path script = context.checkout / "tools" / "site" / "book.py";
  const std::vector<std::string> command{"python3", script.string(), site_folder(context).string(),
                                         book.string()};
  ProcessOptions options;
  options.environment.push_back({"PYTHONDONTWRITEBYTECODE", "1"});
  const ProcessEnd end = co_await run_quietly(context, command, options);
  if (!end.succeeded()) throw Failure("The pages are built, but not the book.");
}

// Runs the server, and keeps it alive while the loop exists.
asio::awaitable<void> keep(std::shared_ptr<SiteServer> server) {
  co_await server->run();
  Notice never;
  co_await never.wait();
}

}  // namespace

asio::awaitable<int> site(Context& context, SiteArguments options) {
  co_await build_site(context);
  context.console.say(
      fmt::format("The pages are in {}", (site_folder(context) / "index.html").string()));
  if (options.book) {
    const std::filesystem::path book = context.build / "workbook.pdf";
    co_await print_book(context, book);
    context.console.say(fmt::format("The book is {}", book.string()));
  }
  co_return 0;
}

asio::awaitable<int> serve(Context& context, ServeArguments options) {
  if (options.build) {
    co_await build_site(context);
    co_await bundle_editor(context);
  } else if (!std::filesystem::exists(site_folder(context))) {
    throw Failure("There are no pages yet: ./workbook site builds them.");
  }
  const auto executor = co_await asio::this_coro::executor;
  auto& loop = static_cast<asio::io_context&>(executor.context());
  std::shared_ptr<SiteServer> server;
  try {
    server = std::make_shared<SiteServer>(loop, context, site_folder(context),
                                          static_cast<unsigned short>(options.port));
  } catch (const std::system_error& error) {
    if (error.code() != asio::error::address_in_use) throw;
    throw Failure(fmt::format(
        "Port {} is in use. Give another one, or none: then a free one is chosen.", options.port));
  }
  adopt_orphans();
  asio::co_spawn(executor, keep(server), rethrow);
  context.console.print(server->address() + "\n");
  context.console.say(
      "Open this address in a browser on this machine, and keep it to yourself: anyone who has it "
      "can run programs here. Ctrl-C ends the server.",
      Style::dim);

  int signal = 0;
  try {
    Notice never;
    co_await context.supervisor.interruptible(never.wait());
  } catch (const Interrupted& interrupted) {
    signal = interrupted.signal();
  }
  co_await server->stop();
  if (signal != SIGINT) throw Interrupted(signal);
  co_return 0;  // Ctrl-C is how this ends
}

}  // namespace workbook
