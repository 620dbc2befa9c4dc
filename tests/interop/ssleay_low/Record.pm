package Record; # perl -MRecord t/local/36_verify.t: writes every call of Net::SSLeay, with its result, as a line of JSON
# RECORD_FILE: where to; RECORD_NAMES: a file with the names of the functions, one a line
use strict; use warnings; no warnings qw(redefine prototype once);
use JSON::PP; use MIME::Base64; use B; use Scalar::Util 'set_prototype'; use Net::SSLeay;

my $json = JSON::PP->new->ascii->canonical->allow_nonref;
my ($out, %objects, $calls, %callbacks, %wrapped);
my $process = $$;

sub is_number { my $flags = B::svref_2object(\$_[0])->FLAGS; $flags & (B::SVf_IOK | B::SVf_NOK) && !($flags & B::SVf_POK) }
sub is_address { $_[0] > 2**32 && $_[0] < 2**47 }

sub value { # a Perl value for JSON: objects by the name that they got
  my $v = shift;
  return undef unless defined $v;
  if (ref $v) {
    return { cb => name_of($v) } if ref $v eq 'CODE';
    return [map { value($_) } @$v] if ref $v eq 'ARRAY';
    return { map { $_ => value($v->{$_}) } keys %$v } if ref $v eq 'HASH';
    return { ref => ref $v };
  }
  return $objects{$v} ? { h => $objects{$v} } : is_address($v) ? { h => '?' } : $v + 0 if is_number($v);
  return $v unless $v =~ /[^\x20-\x7e\r\n\t]/;
  my $bytes = $v;
  utf8::encode($bytes) if utf8::is_utf8($bytes);
  return { b64 => encode_base64($bytes, '') };
}

sub name_of { $callbacks{$_[0]} //= 'cb' . keys %callbacks }

sub recording { # a callback that writes how it was called, and what it answered
  my $callback = shift;
  my $name = name_of($callback);
  return $wrapped{$callback} //= do {
    my $wrapper = sub {
      my @args = map { value($_) } @_;
      my @r = wantarray ? &$callback : scalar(&$callback);
      line({ called => $name, args => \@args, r => [map { value($_) } @r] }) if $$ == $process;
      wantarray ? @r : $r[0];
    };
    $callbacks{$wrapper} = $name;
    $wrapper;
  };
}

sub line { print $out $json->encode($_[0]), "\n" }

sub call { # calls the function, and writes what became of it
  my ($name, $function, $want, $argv) = @_;
  my %entry = (fn => $name, n => ++$calls, want => $want ? 'list' : 'scalar', args => [map { value($_) } @$argv]);
  my @args = map { ref $_ eq 'CODE' ? recording($_) : $_ } @$argv;
  my @r;
  eval { @r = $want ? &$function(@args) : scalar(&$function(@args)); 1 } or do {
    ($entry{die} = "$@") =~ s/ at \S+ line.*//s;
    line(\%entry);
    die $@;
  };
  for my $i (0 .. $#args) { eval { $argv->[$i] = $args[$i] } unless ref $args[$i] eq 'CODE' || Internals::SvREADONLY($argv->[$i]) }
  my $k = 0;
  for my $v (@r) {
    $objects{$v} //= "o$calls" . ($k ? "_$k" : '') if defined $v && !ref $v && is_number($v) && is_address($v);
    $k++;
  }
  delete $objects{$argv->[0]} if $name =~ /(^|_)free(_all)?$/ && @$argv && defined $argv->[0];
  $entry{r} = [map { value($_) } @r];
  line(\%entry);
  return $want ? @r : $r[0];
}

sub import {
  open $out, '>', $ENV{RECORD_FILE} or die "RECORD_FILE: $!";
  $out->autoflush(1);
  open my $names, '<', $ENV{RECORD_NAMES} or die "RECORD_NAMES: $!";
  while (my $name = <$names>) {
    chomp $name;
    no strict 'refs';
    next unless defined &{"Net::SSLeay::$name"};
    my $function = \&{"Net::SSLeay::$name"};
    my $recorder = sub { $$ == $process ? call($name, $function, wantarray, \@_) : goto &$function };
    *{"Net::SSLeay::$name"} = set_prototype(\&$recorder, prototype $function);
  }
}
1;
