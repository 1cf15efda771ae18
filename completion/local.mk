bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_bashcompletion_DATA = completion/bankops
dist_zshcompletion_DATA = completion/_bankops
dist_fishcompletion_DATA = completion/bankops.fish
