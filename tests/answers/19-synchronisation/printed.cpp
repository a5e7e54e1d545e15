// Wrong: the expected lines, printed without any wait.
#include <fmt/core.h>

int main() {
  fmt::print("Ann asks\nFetching the forecast\nBen asks\nCleo asks\n");
  fmt::print("Ann hears: rain\nBen hears: rain\nCleo hears: rain\n");
  fmt::print("Dan asks\nDan hears: rain\n");
  fmt::print("Elapsed: 1.8s\n");
}
