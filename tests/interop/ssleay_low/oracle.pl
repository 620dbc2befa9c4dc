#!/usr/bin/perl
# Runs a script of calls of Net::SSLeay, and prints what became of each line; twin.ts does the same
# with ./ssleay/low. scripts/README.md says what a line can be.
# usage: perl oracle.pl <script.jsonl> <folder with the certificates>
use strict; use warnings; no warnings 'once';
use B; use IO::Handle; use IO::Socket::INET; use JSON::PP; use POSIX (); use Net::SSLeay;

my ($script, $folder) = @ARGV;
my $json = JSON::PP->new->ascii->canonical->allow_nonref;
my (%values, %names, %calls, %tasks); # by name; by address; of callbacks; of other processes
$SIG{PIPE} = 'IGNORE';
alarm 60; # nothing waits longer

# ---- values ----

sub is_number {
  my $flags = B::svref_2object(\$_[0])->FLAGS;
  return $flags & (B::SVf_IOK | B::SVf_NOK) && !($flags & B::SVf_POK);
}
sub is_address { return is_number($_[0]) && $_[0] > 2**32 && $_[0] < 2**47 }

my %FORMS = (
  text => sub { $_[0] },
  hex => sub { pack 'H*', $_[0] },
  repeat => sub { $_[0][0] x $_[0][1] },
  or => sub { my $all = 0; $all |= $_ for @{ value($_[0], $_[1]) }; $all },
  sum => sub { my $all = 0; $all += $_ for @{ value($_[0], $_[1]) }; $all },
  file => sub { "$folder/$_[0]" },
  content => sub { open my $in, '<:raw', "$folder/$_[0]" or die "$_[0]: $!\n"; local $/; <$in> },
  length => sub { length value(@_) },
  fd => sub { fileno value(@_) },
  port => sub { value(@_)->sockport },
);

sub value { # a value of the script; $with: what the callback that it stands in was called with
  my ($v, $with) = @_;
  if (!ref $v) {
    return $v unless defined $v && $v =~ /^([\$#])(\w+)$/;
    my ($sign, $name) = ($1, $2);
    if ($sign eq '#') { no strict 'refs'; return &{"Net::SSLeay::$name"}() }
    return $with->[$name - 1] if $name =~ /^\d+$/;
    die "the script has no $v\n" unless exists $values{$name};
    return $values{$name};
  }
  return $v + 0 if JSON::PP::is_bool($v);
  return [map { value($_, $with) } @$v] if ref $v eq 'ARRAY';
  return callback($v) if exists $v->{cb};
  my ($form) = grep { exists $v->{$_} } keys %FORMS or die "a value that is not one\n";
  return $FORMS{$form}->($v->{$form}, $with);
}

sub callback { # records what it is called with and what its lines give, and answers in turn
  my $line = shift;
  my ($turn, $answers) = (0, $line->{ret} // [undef]);
  $calls{ $line->{cb} } //= [];
  return $values{"cb_$line->{cb}"} = sub {
    my @with = @_;
    my %call = (args => shown([map { out($_) } @with], $line->{show}));
    $call{do} = [map { one($_, \@with) } @{ $line->{do} }] if $line->{do};
    push @{ $calls{ $line->{cb} } }, \%call;
    my $answer = $answers->[$turn < $#$answers ? $turn++ : $turn];
    return map { value($_, \@with) } @{ $answer->{list} } if ref $answer eq 'HASH' && $answer->{list};
    return value($answer, \@with);
  };
}

sub out { # a Perl value for JSON: an object by the name that it got, bytes as Latin-1
  my $v = shift;
  return undef unless defined $v;
  return [map { out($_) } @$v] if ref $v eq 'ARRAY';
  return $v if ref $v eq 'HASH';
  return 'a function' if ref $v eq 'CODE';
  return 'a reference' if ref $v;
  return $names{$v} ? "H:$names{$v}" : is_address($v) ? 'H' : $v + 0 if is_number($v);
  my $bytes = $v;
  utf8::encode($bytes) if utf8::is_utf8($bytes);
  return $bytes;
}

my %SHOWS = (
  length => sub { length $_[0] },
  first => sub { ord $_[0] },
  shape => sub { (my $v = $_[0]) =~ s/[0-9a-fA-F]{16,}/'<' . length($&) . ' hex>'/ge; $v },
  positive => sub { $_[0] > 0 ? 1 : 0 },
);

sub shown { # what of a value both must have in common
  my ($v, $show) = @_;
  return '-' if defined $show && $show eq 'hide';
  return $v unless defined $show && defined $v;
  return [map { shown($v->[$_], ref $show ? $show->[$_] : $show) } 0 .. $#$v] if ref $v eq 'ARRAY';
  return $show eq 'value' ? $v : $SHOWS{$show}->($v);
}

sub keep { # gives a value its name
  my ($name, $v) = @_;
  $values{$name} = $v;
  $names{$v} = $name if defined $v && !ref $v && is_address($v);
}

# ---- lines ----

my $ADVANCES = qr/^(?:accept|connect|do_handshake|renegotiate|shutdown|read|peek|write|write_partial|(?:read|peek|write)_ex)$/;

sub called { # calls a function; its results, then the variables that it filled
  my ($line, $with) = @_;
  my $given = $line->{args} // [];
  my @filled = grep { ref $given->[$_] eq 'HASH' && $given->[$_]{out} } 0 .. $#$given;
  my %fills = map { $_ => 1 } @filled;
  my @args = map { $fills{$_} ? undef : value($given->[$_], $with) } 0 .. $#$given;
  if ($line->{fn} =~ /^tcp_(?:read|write)/) { # these have their connection in a global handle
    no warnings 'misc';
    *Net::SSLeay::SSLCAT_S = *{ shift @args }{IO};
  }
  no strict 'refs'; no warnings 'uninitialized';
  my $function = \&{"Net::SSLeay::$line->{fn}"};
  # An undef of the script is Perl's own: some functions tell it from a variable without a value.
  my $call = join ',', map { defined $args[$_] || $fills{$_} ? "\$args[$_]" : 'undef' } 0 .. $#args;
  my $calling = eval "sub { &\$function($call) }";
  my @r = ($line->{want} // '') eq 'scalar' ? scalar($calling->()) : $calling->();
  $r[1] = undef if $line->{fn} =~ /^(?:set_(?:server_)?cert_and_key|(?:ssl|tcp)(?:cat|_read_all|_write_all))$/
    && @r > 1 && defined $r[1] && $r[1] eq ''; # no text of errors: one form of it will do
  delete $names{ $args[0] } if $line->{fn} =~ /(?:^|_)free(?:_all)?$/;
  keep($given->[$_]{out}, $args[$_]) for @filled;
  if ($line->{fn} =~ $ADVANCES) { # what get_error says before anybody reads the queue
    my $last = $line->{fn} =~ /_ex$/ ? $r[1] : ($line->{want} // '') eq 'scalar' ? (defined $r[0] ? 1 : -1) : $r[-1];
    push @r, { error => Net::SSLeay::get_error($args[0], $last) } if $last <= 0;
  }
  keep($line->{as}, $r[0]) if defined $line->{as};
  return [@r, map { $args[$_] } @filled];
}

sub same {
  my ($a, $b) = @_;
  return !defined $a || !defined $b ? (defined $a || defined $b ? 0 : 1) : $a eq $b ? 1 : 0;
}

sub pair { # two connections over memory BIOs
  my ($line) = @_;
  for my $end (['client', 'connect'], ['server', 'accept']) {
    my ($name, $ctx) = @{ $line->{pair}{ $end->[0] } };
    my $ssl = Net::SSLeay::new(value("\$$ctx"));
    my ($rbio, $wbio) = map { Net::SSLeay::BIO_new(Net::SSLeay::BIO_s_mem()) } 1, 2;
    Net::SSLeay::set_bio($ssl, $rbio, $wbio);
    no strict 'refs';
    &{"Net::SSLeay::set_$end->[1]_state"}($ssl);
    keep($name, $ssl);
  }
  return [];
}

sub errors { my @all; while (my $e = Net::SSLeay::ERR_get_error()) { push @all, $e } return @all }

sub move { # what one end has written goes to the other; how many bytes
  my ($from, $to) = @_;
  my ($wbio, $rbio, $count) = (Net::SSLeay::get_wbio($from), Net::SSLeay::get_rbio($to), 0);
  while (Net::SSLeay::BIO_pending($wbio)) {
    $count += Net::SSLeay::BIO_write($rbio, Net::SSLeay::BIO_read($wbio));
  }
  return $count;
}

sub pump { # a handshake: what each end said last, and the flights: C for one with certificates
  my ($line) = @_;
  my @ends = map { value("\$$_") } @{ $line->{pump} };
  my @is = map { { r => -1, error => 2, errors => [] } } 0, 1;
  my $flights = '';
  for (1 .. 20) {
    my $before = $flights;
    for my $i (0, 1) {
      my ($me, $is) = ($ends[$i], $is[$i]);
      if ($is->{error} == 2 || $is->{error} == 3) {
        $is->{r} = Net::SSLeay::do_handshake($me);
        $is->{error} = Net::SSLeay::get_error($me, $is->{r});
        push @{ $is->{errors} }, errors();
      }
      my $count = move($me, $ends[1 - $i]);
      $flights .= ($i ? '<' : '>') . ($count > 600 ? 'C' : '') if $count;
    }
    last if $flights eq $before;
  }
  $_->{r} += 0 for @is;
  return [map({ [$is[$_]{r}, $is[$_]{error}, Net::SSLeay::state_string_long($ends[$_]), $is[$_]{errors}] } 0, 1), $flights];
}

sub task { # another process, as the server of a test
  my ($line) = @_;
  pipe my $read, my $write or die "pipe: $!";
  my $pid = fork() // die "fork: $!";
  if ($pid == 0) {
    print $write $json->encode([map { one($_) } @{ $line->{do} }]);
    close $write;
    POSIX::_exit(0);
  }
  close $write;
  $tasks{ $line->{task} } = [$pid, $read];
  return [];
}

sub joined {
  my ($pid, $read) = @{ delete $tasks{ $_[0]{join} } };
  my $text = do { local $/; <$read> };
  waitpid $pid, 0;
  return $json->decode($text);
}

my %LINES = (
  fn => \&called,
  value => sub { [value($_[0]{value}, $_[1])] },
  same => sub { [same(map { value($_, $_[1]) } @{ $_[0]{same} })] },
  pair => \&pair,
  pump => \&pump,
  carry => sub { my @ends = map { value("\$$_") } @{ $_[0]{carry} }; [map { move(@ends[$_, 1 - $_]) > 0 ? 1 : 0 } 0, 1] },
  calls => sub { my $all = $calls{ $_[0]{calls} }; [splice @$all] },
  task => \&task,
  join => \&joined,
  listen => sub { keep($_[0]{listen}, IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) // die "listen: $!"); [] },
  accept => sub { keep($_[0]{as}, value($_[0]{accept})->accept // die "accept: $!"); [] },
  dial => sub { keep($_[0]{as}, IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => value($_[0]{dial})->sockport) // die "connect: $!"); [] },
  pipe => sub { my $l = shift; pipe my $r, my $w or die "pipe: $!"; $w->autoflush(1); keep($l->{pipe}[0], $r); keep($l->{pipe}[1], $w); [] },
  half => sub { shutdown value($_[0]{half}), 1; [] },
  close => sub { close value($_[0]{close}); [] },
);

sub one { # what became of a line
  my ($line, $with) = @_;
  my ($kind) = grep { exists $line->{$_} } keys %LINES or die "a line that is not one\n";
  my %result;
  eval { $result{r} = shown([map { out($_) } @{ $LINES{$kind}->($line, $with) }], $line->{show}); 1 }
    or do { ($result{die} = "$@") =~ s/ at \S+ line \d+\.?\n.*//s; chomp $result{die};
      $result{die} = 'no such function' if $result{die} =~ /^Can't locate auto|^Undefined subroutine/ };
  if (!$with && $kind ne 'task') { my @errors = errors(); $result{errors} = \@errors if @errors }
  return \%result;
}

Net::SSLeay::load_error_strings();
Net::SSLeay::SSLeay_add_ssl_algorithms();
open my $lines, '<', $script or die "$script: $!";
STDOUT->autoflush(1);
while (my $text = <$lines>) {
  next unless $text =~ /\S/;
  my $line = $json->decode($text);
  print $json->encode(one($line)), "\n" unless $line->{covers};
}
