// Another program as a child of the shop of lesson 28: what signals and the limit of open files do
// to its start.
#include "../../../lessons/28-order-pipeline/program.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/time.h>

#include <system_error>
#include <type_traits>

#include "../file_limit.hpp"
#include "../processes.hpp"

static_assert(!std::is_copy_assignable_v<Descriptor>);

namespace {

volatile sig_atomic_t handled = 0;

// Something that takes a little while, interrupted once, at ever later times.
template <typename Call>
void interrupted_at_many_times(Call call) {
  const Handler ignored(SIGALRM, [](int) { handled = handled + 1; });
  handled = 0;
  for (int i = 1; i <= 200; ++i) {
    itimerval once{};
    once.it_value.tv_usec = i * 20;
    setitimer(ITIMER_REAL, &once, nullptr);
    call();
    const itimerval none{};
    setitimer(ITIMER_REAL, &none, nullptr);
  }
  CHECK(handled > 0);
}

}  // namespace

TEST_CASE("at the limit of open files a program is not left behind") {
  {
    const FileLimit limit(2);  // enough for a pipe, and for nothing else
    CHECK_THROWS_AS(start_program({{"sleep", "1000"}}), std::system_error);
  }
  CHECK_FALSE(has_zombie());
}

TEST_CASE("a signal does not hide that a program is missing") {
  interrupted_at_many_times(
      [] { CHECK_THROWS_AS(start_program({{"no-such-program"}}), std::system_error); });
  CHECK_FALSE(has_zombie());
}
