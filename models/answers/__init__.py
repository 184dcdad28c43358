"""Answers of every kind, each with its likelihood beside its meaning.

===============================  ======================================================
``places``                       answers that say where something lies: probability,
                                 bound, interval, the middle of quantiles
``phrases``                      verbal answers
``gaps``                         how far quantiles lie apart
``ratings``                      grades of named projects
``seeds``                        stated probabilities whose answer is known
``rounded``                      what they share: a normal answer, rounded
``shared_errors``                errors that several answers have in common
``projects_stated``              what is said of the number of projects
===============================  ======================================================
"""
