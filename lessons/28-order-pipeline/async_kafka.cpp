// The shop with Kafka: a desk, workers and a broker, each a
// separate process. Kill any worker.
#include "kafka_queue.hpp"
#include "pipeline.hpp"

int main(int argc, char* argv[]) {
  return run_pipeline<KafkaQueue>(
      argc, argv, {"KAFKA_BOOTSTRAP", "", "kafka"});
}
