// The shop with Redis: a desk, workers and a broker, each a
// separate process. Kill any worker.
#include "pipeline.hpp"
#include "redis_queue.hpp"

int main(int argc, char* argv[]) {
  return run_pipeline<RedisQueue>(
      argc, argv, {"REDIS_URL", "redis://", "redis"});
}
