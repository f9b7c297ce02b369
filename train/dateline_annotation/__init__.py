"""What annotators do before and after a training: check, split, agree, choose what to annotate next."""
