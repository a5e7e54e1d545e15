// The shop with RabbitMQ: a desk, workers and a broker, each a
// separate process. Kill any worker.
#include "pipeline.hpp"
#include "rabbitmq_queue.hpp"

int main(int argc, char* argv[]) {
  return run_pipeline<RabbitmqQueue>(
      argc, argv, {"AMQP_URL", "amqp://", "rabbitmq"});
}
