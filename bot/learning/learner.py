"""A linear learner: one averaged passive-aggressive classifier for each topic.

    weights = train([(["how", "old"], "age"), (["how", "much"], None)])
    scores(weights, ["how", "old"])    # {"age": 0.6}

Crammer et al., "Online Passive-Aggressive Algorithms", JMLR 7 (2006), variant PA-I. A score above
zero is for the topic. Everything is deterministic, so equal files give equal weights.
"""

from collections.abc import Mapping, Sequence
from random import Random

MAX_EPOCHS = 12  # passes over the examples
FULL_EPOCHS = 4  # every fourth pass sees all examples, the others those that are not yet learnt
AGGRESSIVENESS = 0.3  # the largest change of a weight by one example
BIAS = -1.0  # the score of a sentence without any known feature
HIGH, LOW = 1.2, -0.8  # an example is learnt if its topic scores above HIGH, all others below LOW

Weights = dict[str, dict[str, float]]  # by feature, then by topic
Example = tuple[Sequence[str], str | None]  # the features of a sentence, and its topic


def scores(weights: Mapping[str, Mapping[str, float]], features: Sequence[str]) -> dict[str, float]:
    """Return the score of each topic that has a weight for one of the features."""
    total: dict[str, float] = {}
    for feature in features:
        for topic, weight in weights.get(feature, {}).items():
            total[topic] = total.get(topic, BIAS) + weight
    return total


def train(examples: Sequence[Example], initial: Weights | None = None) -> Weights:
    """Return weights that give each example its topic, or none. Learning starts at `initial`."""
    learner = _Learner(examples, initial or {})
    random = Random(1)
    active = list(learner.examples)
    for epoch in range(MAX_EPOCHS):
        random.shuffle(active)
        missed = [example for example in active if learner.learn(*example)]
        if not epoch:
            learner.forget_steps()
        active = missed if (epoch + 1) % FULL_EPOCHS else list(learner.examples)
        if not missed:
            break
    return learner.averaged()


class _Learner:
    """Weights while they are learnt. Features and topics are numbers here, for speed."""

    def __init__(self, examples: Sequence[Example], initial: Weights) -> None:
        named = {topic for _, topic in examples if topic}
        self._topics = sorted(named | {topic for topics in initial.values() for topic in topics})
        numbers = {topic: number for number, topic in enumerate(self._topics)}
        self._features: dict[str, int] = {}
        for feature in [*initial, *(feature for features, _ in examples for feature in features)]:
            self._features.setdefault(feature, len(self._features))
        self._weights: list[dict[int, float]] = [{} for _ in self._features]
        self._lag: list[dict[int, float]] = [{} for _ in self._features]
        for feature, topics in initial.items():
            of_feature = self._weights[self._features[feature]]
            of_feature.update({numbers[topic]: weight for topic, weight in topics.items()})
        self._start = [BIAS] * len(self._topics)
        self._step = 1
        self.examples = [
            ([self._features[feature] for feature in features], numbers[topic] if topic else -1)
            for features, topic in examples
        ]

    def learn(self, features: list[int], expected: int) -> bool:
        """Adapt the weights to one example. Returns whether that was necessary."""
        total = self._start.copy()
        for feature in features:
            for topic, weight in self._weights[feature].items():
                total[topic] += weight
        self._step += 1
        losses = [(topic, LOW - score) for topic, score in enumerate(total) if score > LOW]
        if expected >= 0:
            losses = [(topic, loss) for topic, loss in losses if topic != expected]
            if total[expected] < HIGH:
                losses.append((expected, HIGH - total[expected]))
        for topic, loss in losses:
            self._change(features, topic, loss / len(features))
        return bool(losses)

    def _change(self, features: list[int], topic: int, change: float) -> None:
        change = max(-AGGRESSIVENESS, min(AGGRESSIVENESS, change))
        lag = change * self._step
        for feature in features:
            weights, lags = self._weights[feature], self._lag[feature]
            weights[topic] = weights.get(topic, 0.0) + change
            lags[topic] = lags.get(topic, 0.0) + lag

    def forget_steps(self) -> None:
        """Start the average here, because the first pass is far from the result."""
        self._step = 1
        self._lag = [{} for _ in self._features]

    def averaged(self) -> Weights:
        """Return the average of the weights over all steps."""
        return {
            feature: {
                self._topics[topic]: round(weight - self._lag[i].get(topic, 0.0) / self._step, 4)
                for topic, weight in self._weights[i].items()
            }
            for feature, i in self._features.items()
        }
