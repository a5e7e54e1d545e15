// Wrong: the expected lines, printed without any work.
#include <fmt/core.h>

int main() {
  fmt::print("Start glue\nStart planing\n");
  fmt::print("Plane board 1\nPlane board 2\nPlane board 3\n");
  fmt::print("End glue\nStart varnish\n");
  fmt::print("Plane board 4\nPlane board 5\n");
  fmt::print("End varnish\n");
  fmt::print("Plane board 6\nEnd planing\n");
  fmt::print("Elapsed: 3.0s\n");
}
