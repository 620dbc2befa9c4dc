# The client under test in Perl: side.pl PORT CA CMD ...; the commands of peer_client, and L n.
use strict;
use warnings;
use IO::Socket::SSL;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(time);

my ($port, $ca, $cmd, $total, $chunk) = @ARGV;
my $ctx = IO::Socket::SSL::SSL_Context->new(SSL_ca_file => $ca, SSL_verify_mode => 1);

sub dial {
    my $s = IO::Socket::SSL->new(
        PeerAddr => "127.0.0.1:$port", SSL_hostname => 'localhost', SSL_verifycn_name => 'localhost',
        SSL_verifycn_scheme => 'http', SSL_reuse_ctx => $ctx, Nodelay => 1,
    ) or die "connect: $SSL_ERROR";
    setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
    return $s;
}

sub read_all {
    my ($s, $left) = @_;
    my $buf;
    while ($left > 0) {
        my $n = $s->sysread($buf, $left < 262144 ? $left : 262144);
        die "end of stream" unless $n;
        $left -= $n;
    }
}

sub write_all {
    my ($s, $data) = @_;
    my $at = 0;
    while ($at < length $data) {
        my $n = $s->syswrite($data, length($data) - $at, $at) // die "write: $!";
        $at += $n;
    }
}

my $s = $cmd eq 'H' ? undef : dial();
if ($cmd eq 'P') {
    write_all($s, "E\n");
    for (1 .. 200) { write_all($s, 'y' x $chunk); read_all($s, $chunk) }
}
my ($t0, @c0) = (time, times);
if ($cmd eq 'D') { write_all($s, "D $total $chunk\n"); read_all($s, $total) }
elsif ($cmd eq 'U') {
    write_all($s, "U $total $chunk\n");
    my $data = 'y' x $chunk;
    for (my $left = $total; $left > 0; $left -= $chunk) { write_all($s, $data) }
    read_all($s, 1);
}
elsif ($cmd eq 'P') { for (1 .. $total) { write_all($s, 'y' x $chunk); read_all($s, $chunk) } }
elsif ($cmd eq 'H') {
    for (1 .. $total) { my $c = dial(); write_all($c, "B\n"); read_all($c, 1); close $c }
}
elsif ($cmd eq 'L') {
    write_all($s, "L $total\n");
    for (1 .. $total) { <$s> // die "end of stream" }
}
my @c1 = times;
printf qq({"wall":%.4f,"cpu":%.4f}\n), time - $t0, $c1[0] + $c1[1] - $c0[0] - $c0[1];
