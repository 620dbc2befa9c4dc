# The way to the Deno process that does the TLS: framed JSON over a Unix socket, one for each Perl process.
#
# A request is { op, ... }. Until its answer { t => 'r', v } or { t => 'e', err } comes, the other side may ask in turn: { t => 'io' } to
# read and write on the TCP socket, { t => 'cb' } to run a callback. A callback that must answer at once, inside a call of OpenSSL, comes
# over a pair of FIFOs.
package Bridge;
use strict;
use warnings;
use JSON::XS ();
use POSIX    ();
use Socket qw(AF_UNIX SOCK_STREAM pack_sockaddr_un);

use constant PATIENCE => 60;    # seconds for one answer

my $json = JSON::XS->new->utf8->allow_nonref->canonical;
my ( $socket, $sync_in, $sync_out );
my ( $connected_as, $callback_count ) = ( 0, 0 );
my %callbacks;
our $current;                   # the IO::Socket::SSL whose call is running

# Registers a callback: how the other side names it.
sub callback {
    my $code = shift;
    $callbacks{ ++$callback_count } = $code;
    return { '$cb' => $callback_count };
}

# Whether this very process, and not its parent, has asked before.
sub is_connected { return $connected_as == $$ }

sub _connect {
    return if is_connected();
    close($socket) if $socket;
    my $path = $ENV{BRIDGE_SOCKET};
    socket( $socket, AF_UNIX, SOCK_STREAM, 0 )            or die "socket: $!";
    CORE::connect( $socket, pack_sockaddr_un($path) ) or die "$path: $!";
    $connected_as = $$;
    my $fifo = "$path.$$." . int( rand 1e6 );
    POSIX::mkfifo( "$fifo.$_", 0600 ) or die "mkfifo: $!" for qw(ask answer);
    # Read and write, so that opening does not wait for the other side.
    open( $sync_in,  '+<', "$fifo.ask" )    or die "$fifo.ask: $!";
    open( $sync_out, '+<', "$fifo.answer" ) or die "$fifo.answer: $!";
    binmode $_ for $sync_in, $sync_out, $socket;
    _request( { op => 'hello', fifo => $fifo } );
    unlink "$fifo.ask", "$fifo.answer";
}

sub _send {
    my ( $handle, $message ) = @_;
    my $json = $json->encode($message);
    my $frame = pack( 'N', length $json ) . $json;
    while ( length $frame ) {
        my $count = CORE::syswrite( $handle, $frame );
        if ( !defined $count ) { next if $!{EINTR}; die "bridge: write: $!" }
        substr( $frame, 0, $count, '' );
    }
}

sub _read_bytes {
    my ( $handle, $length ) = @_;
    my $bytes = '';
    while ( length($bytes) < $length ) {
        my $count = CORE::sysread( $handle, $bytes, $length - length $bytes, length $bytes );
        if ( !defined $count ) { next if $!{EINTR}; die "bridge: read: $!" }
        die "bridge: the Deno process is gone" if !$count;
    }
    return $bytes;
}

sub _receive {
    my $handle = shift;
    return $json->decode( _read_bytes( $handle, unpack( 'N', _read_bytes( $handle, 4 ) ) ) );
}

sub _run_callback {
    my ( $request, $self ) = @_;
    my $code = $callbacks{ $request->{cb} } or return { die => "no callback $request->{cb}" };
    my @arguments = map { Bridge::Values::from_wire($_) } @{ $request->{args} };
    my $name      = $request->{name} || '';
    my @result    = eval {
        return IO::Socket::SSL::_run_error_trap( $self, $code, @arguments ) if $name eq 'SSL_error_trap';
        return IO::Socket::SSL::_run_peer_shutdown( $self, $code )          if $name eq 'SSL_on_peer_shutdown';
        return $code->(@arguments);
    };
    return { die => "$@" } if $@;
    return { v   => @result > 1 ? \@result : $result[0] };
}

sub _run_sync_callback {
    my $request = shift;
    my @result  = eval { $callbacks{ $request->{cb} }->( @{ $request->{args} } ) };
    return $@ ? { die => "$@" } : { v => \@result };
}

# Sends a request and serves what the other side asks until its answer comes.
sub _request {
    my ( $request, $self ) = @_;
    local $current = $self if $self;
    _send( $socket, $request );
    while (1) {
        my $readable = '';
        vec( $readable, CORE::fileno($_), 1 ) = 1 for $socket, $sync_in;
        my $count = select( $readable, undef, undef, PATIENCE );
        next if $count < 0 && $!{EINTR};
        die "bridge: no answer to $request->{op}" if !$count;
        if ( vec( $readable, CORE::fileno($sync_in), 1 ) ) {
            _send( $sync_out, _run_sync_callback( _receive($sync_in) ) );
            next;
        }
        my $answer = _receive($socket);
        my $kind   = $answer->{t};
        if    ( $kind eq 'io' ) { _send( $socket, Bridge::Records::exchange( $self, $answer ) ) }
        elsif ( $kind eq 'cb' ) { _send( $socket, _run_callback( $answer, $self || $current ) ) }
        elsif ( $kind eq 'r' )  { return ( $answer->{v} ) }
        elsif ( $kind eq 'e' )  { return ( undef, $answer->{err} ) }
        else                    { die "bridge: unknown answer $kind" }
    }
}

# Makes a request, on behalf of an IO::Socket::SSL if there is one: (value) or (undef, error).
sub call {
    my ( $request, $self ) = @_;
    local ( $@, $? );
    local $SIG{PIPE} = 'IGNORE';
    _connect();
    return _request( $request, $self );
}

# Makes a request; its value. Dies with the error.
sub value {
    my ( $value, $error ) = call( {@_} );
    die $error->{message} if $error;
    return $value;
}
1;
