# perl.pl FOLDER: the protocol of bench/side.ts with IO::Socket::SSL. The server forks a process for
# each connection; the CPU of those that ended counts.
use strict;
use warnings;
use IO::Socket::SSL;
use Socket      qw(IPPROTO_TCP TCP_NODELAY SOMAXCONN);
use Time::HiRes qw(time);
use JSON::PP;
use POSIX ":sys_wait_h";
my $folder = $ARGV[0];
$| = 1;
$SIG{PIPE} = 'IGNORE';
my $ctx =
  IO::Socket::SSL::SSL_Context->new( SSL_ca_file => "$folder/ca.pem", SSL_verify_mode => 1 );
my $rctx = IO::Socket::SSL::SSL_Context->new(
    SSL_ca_file            => "$folder/ca.pem",
    SSL_verify_mode        => 1,
    SSL_session_cache_size => 100
);

sub dial {
    my $c = shift;
    my $s = IO::Socket::SSL->new(
        PeerAddr            => "127.0.0.1:$c->{port}",
        SSL_hostname        => 'localhost',
        SSL_verifycn_name   => 'localhost',
        SSL_verifycn_scheme => 'http',
        SSL_reuse_ctx       => $c->{resume} ? $rctx : $ctx,
        SSL_session_key     => 'x'
    ) or die "connect: $SSL_ERROR";
    setsockopt( $s, IPPROTO_TCP, TCP_NODELAY, 1 );
    $s;
}

sub ra {
    my ( $s, $l ) = @_;
    my $b;
    while ( $l > 0 ) {
        my $n = $s->sysread( $b, $l < 262144 ? $l : 262144 );
        die "eof" unless $n;
        $l -= $n;
    }
}

sub wa {
    my ( $s, $d ) = @_;
    my $at = 0;
    while ( $at < length $d ) {
        my $n = $s->syswrite( $d, length($d) - $at, $at ) // die "write $!";
        $at += $n;
    }
}
sub cpu { my @c = times; $c[0] + $c[1] + $c[2] + $c[3] }

sub timed {
    my ( $run, $s ) = @_;
    my ( $t, $c )   = ( time, cpu() );
    my $x = $run->();
    my $r = { wall => time - $t, cpu => cpu() - $c, ( ref $x ? %$x : () ) };
    close $s if $s;
    $r;
}
my %cmd = (
    cpu => sub { 1 while waitpid( -1, WNOHANG ) > 0; { cpu => cpu() } },
    rss => sub {
        open my $f, '<', "/proc/$$/status";
        my ($r) = join( '', <$f> ) =~ /VmRSS:\s*(\d+)/;
        { rss => $r };
    },
    D => sub {
        my $c = shift;
        my $s = dial($c);
        timed( sub { wa( $s, "D $c->{total} $c->{chunk}\n" ); ra( $s, $c->{total} ); 0 }, $s );
    },
    U => sub {
        my $c = shift;
        my $s = dial($c);
        my $d = 'y' x $c->{chunk};
        timed(
            sub {
                wa( $s, "U $c->{total} $c->{chunk}\n" );
                for ( my $l = $c->{total} ; $l > 0 ; $l -= $c->{chunk} ) { wa( $s, $d ) }
                ra( $s, 1 );
                0;
            },
            $s
        );
    },
    P => sub {
        my $c = shift;
        my $s = dial($c);
        wa( $s, "E\n" );
        my $d = 'y' x $c->{size};
        for ( 1 .. 200 ) { wa( $s, $d ); ra( $s, $c->{size} ) }
        timed(
            sub {
                for ( 1 .. $c->{total} ) { wa( $s, $d ); ra( $s, $c->{size} ) }
                0;
            },
            $s
        );
    },
    H => sub {
        my $c = shift;
        timed(
            sub {
                my $re = 0;
                my $b;
                for ( 1 .. $c->{total} ) {
                    my $s = dial($c);
                    wa( $s, "B\n" );
                    $s->sysread( $b, 1 );
                    $re++ if $b eq 'R';
                    close $s;
                }
                { reused => $re };
            }
        );
    },
    L => sub {
        my $c = shift;
        my $s = dial($c);
        wa( $s, "L $c->{total}\n" );
        timed(
            sub {
                for ( 1 .. $c->{total} ) { <$s> // die "eof" }
                0;
            },
            $s
        );
    },
    serve => sub {
        my $l = IO::Socket::INET->new(
            Listen    => 1024,
            LocalAddr => '127.0.0.1',
            LocalPort => 0,
            ReuseAddr => 1
        ) or die;
        my $sctx = IO::Socket::SSL::SSL_Context->new(
            SSL_server    => 1,
            SSL_cert_file => "$folder/server.pem",
            SSL_key_file  => "$folder/server.key"
        );
        my $p = fork;
        if ( !$p ) {
            close STDIN;
            $SIG{CHLD} = 'IGNORE';
            while (1) {
                my $k = $l->accept or next;
                my $q = fork;
                if ($q) { close $k; next }
                $SIG{CHLD} = 'DEFAULT';
                eval {
                    setsockopt( $k, IPPROTO_TCP, TCP_NODELAY, 1 );
                    my $s =
                      IO::Socket::SSL->start_SSL( $k, SSL_server => 1, SSL_reuse_ctx => $sctx )
                      or die;
                    one($s);
                    close $s;
                };
                POSIX::_exit(0);
            }
        }
        { port => $l->sockport, pid => $p };
    },
);

sub one {
    my $s = shift;
    while ( defined( my $l = <$s> ) ) {
        my ( $k, $a, $b ) = split ' ', $l;
        if ( $k eq 'D' ) {
            my $d = 'y' x ( $b < 262144 ? $b : 262144 );
            for ( my $n = $a ; $n > 0 ; $n -= length $d ) {
                wa( $s, $n < length $d ? substr( $d, 0, $n ) : $d );
            }
        }
        elsif ( $k eq 'U' ) { ra( $s, $a ); wa( $s, 'K' ) }
        elsif ( $k eq 'E' ) {
            my $x;
            while ( my $n = $s->sysread( $x, 65536 ) ) { wa( $s, $x ) }
            return;
        }
        elsif ( $k eq 'P' ) { wa( $s, 'P' ); my $x; $s->sysread( $x, 1 ); return }
        else                { wa( $s, 'B' ); return }
    }
}
sub say_ { print encode_json( $_[0] ), "\n" }
say_( { ready => JSON::PP::true } );
my @kids;
while ( my $line = <STDIN> ) {
    my $c = decode_json($line);
    my $r = eval { +{ cpu => cpu(), %{ $cmd{ $c->{do} }->($c) } } } || { error => "$@" };
    push @kids, $r->{pid} if $r->{pid};
    say_($r);
}
kill 'TERM', @kids;
