"""What every model card says, whatever its figures."""

USES = """\
Coding news about political violence for research: finding the dispatches that tell of attacks, and in them who did
what to whom, where, when, with how many killed or injured, and who says so, as a first pass that people check. Every
value points to the words of the text that say it."""

OUT_OF_SCOPE = """\
Deciding about persons: watch lists, targeting, prosecution, asylum or insurance cases. Counting victims without an
audited sample. Texts in other languages, and of other kinds, than its training dispatches: they are read less well,
and nothing warns of it."""

LIMITS = """\
It reads what a text says, not what happened: propaganda, rumour and mistakes of reporters are read like facts, with
their source where the text names one. What newspapers do not report cannot be found, and reporting is uneven between
countries, languages, victims and perpetrators; counts over an archive inherit that. A score is the model's belief,
not a probability that the event took place. Errors are not spread evenly: a rare label, an unfamiliar name or a long
sentence is read worse than the averages below say."""

ETHICS = """\
A group, an official or a community that is named as the perpetrator of what others did can lose its reputation, its
protection or lives; a victim counted on the wrong side is made a combatant. Numbers of killed that are too high or
too low become arguments in the conflict that they describe. So: publish no attribution about persons or groups that
nobody has checked against the words of the text; keep claims apart from facts and say who makes them; publish totals
with their error (`dateline audit`); correct what turns out wrong where it was published; do not add what identifies
private persons, victims and witnesses above all, to tables that are made public."""

HOW_TO = """\
```sh
pip install dateline
dateline extract BUNDLE dispatch.txt --show
```

A checkpoint is made a bundle by `dateline package CHECKPOINT BUNDLE`, which needs `pip install 'dateline[train]'`."""

MEASURED_ON = "They are validation dispatches, which thresholds were chosen on, so the figures flatter a little."

TO_ADD = """\
By whoever publishes it: the license, whom to write to, and how the training dispatches were collected and annotated."""
