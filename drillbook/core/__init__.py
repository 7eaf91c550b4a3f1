"""What every room stands on: errors, texts, time, words. It imports no other part of Drillbook."""
