"""The pages of things by class: each module declares, as `PAGES`, what is told of the classes that it is about."""
