# The interface of IO::Socket::SSL with @socket/ssl behind it, for the tests of IO::Socket::SSL: TCP is Perl's, TLS is asked from a Deno
# process. This file makes sockets and starts TLS; Closing.pm ends both, Transfer.pm reads and writes, Peer.pm tells what was negotiated, Context.pm has contexts.
# What is kept in the glob has the original's names where the tests look at it (_SSL_object, _SSL_opened, _SSL_ctx).
package IO::Socket::SSL;
use strict;
use warnings;
use Bridge;
use Bridge::Records;
use Bridge::Values;
use Errno qw(EBADF ECONNRESET EINVAL EPIPE ETIMEDOUT EWOULDBLOCK);
use Exporter ();
use IO::Socket;
use Net::SSLeay 1.46;
use Scalar::Util qw(blessed dualvar);
use Socket;
use Symbol;

our $VERSION = '2.081';
our ( $DEBUG, $SSL_ERROR, @ISA, @EXPORT, $IOCLASS, $FAMILY );
use constant {
    SSL_VERIFY_NONE                 => 0,
    SSL_VERIFY_PEER                 => 1,
    SSL_VERIFY_FAIL_IF_NO_PEER_CERT => 2,
    SSL_VERIFY_CLIENT_ONCE          => 4,
    SSL_OCSP_NO_STAPLE              => 1,
    SSL_OCSP_MUST_STAPLE            => 2,
    SSL_OCSP_FAIL_HARD              => 4,
    SSL_OCSP_FULL_CHAIN             => 8,
    SSL_OCSP_TRY_STAPLE             => 16,
    GEN_DNS                         => 2,
    GEN_IPADD                       => 7,
    SSL_WANT_READ                   => dualvar( 2, 'SSL wants a read first' ),
    SSL_WANT_WRITE                  => dualvar( 3, 'SSL wants a write first' ),
};

BEGIN {
    @EXPORT = qw(
        SSL_WANT_READ SSL_WANT_WRITE SSL_VERIFY_NONE SSL_VERIFY_PEER SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        SSL_VERIFY_CLIENT_ONCE SSL_OCSP_NO_STAPLE SSL_OCSP_TRY_STAPLE SSL_OCSP_MUST_STAPLE
        SSL_OCSP_FAIL_HARD SSL_OCSP_FULL_CHAIN $SSL_ERROR GEN_DNS GEN_IPADD
    );
    *DEBUG = \$Net::SSLeay::trace;
    *ERROR = \$SSL_ERROR;
    local $SIG{__DIE__};
    ( $IOCLASS, $FAMILY ) =
          eval { require IO::Socket::IP; IO::Socket::IP->VERSION(0.31); 1 } ? qw(IO::Socket::IP Family)
        : eval { require IO::Socket::INET6; 1 }                             ? qw(IO::Socket::INET6 Domain)
        :                                                                     qw(IO::Socket::INET Domain);
    @ISA = ($IOCLASS);
    constant->import( CAN_IPV6 => $IOCLASS eq 'IO::Socket::INET' ? '' : $IOCLASS );
}

sub import {
    my $class = shift;
    my @names;
    for (@_) {
        if    (/^:?inet4$/)     { require IO::Socket::INET; @ISA = ('IO::Socket::INET') }
        elsif (/^:?inet6$/)     { @ISA   = ($IOCLASS) }
        elsif (/^:?debug(\d+)/) { $DEBUG = $1 }
        else                    { push @names, $_ }
    }
    @_ = ( $class, @names );
    goto &Exporter::import;
}

# ---- errors

my %errno = ( EPIPE => EPIPE, ECONNRESET => ECONNRESET, ECLOSED => EBADF );

# Takes over an error of the other side: undef, or the empty list.
sub _failed {
    my ( $self, $error ) = @_;
    my $timeout = ( $error->{name} || '' ) =~ /Timeout/;
    my $number  = $timeout || !defined $error->{errno} ? -1 : $error->{errno};
    $SSL_ERROR = dualvar( $number, $error->{message} );
    ${*$self}{_SSL_error} = $SSL_ERROR if ref $self;
    $! = $timeout ? ETIMEDOUT : $errno{ $error->{code} || '' } || EINVAL;
    return;
}

sub _wants {
    my ( $self, $direction ) = @_;
    $SSL_ERROR = ${*$self}{_SSL_error} = $direction eq 'read' ? SSL_WANT_READ : SSL_WANT_WRITE;
    $!         = EWOULDBLOCK;
    return;
}

sub _internal_error {
    my ( $self, $message ) = @_;
    $SSL_ERROR = dualvar( -1, $message );
    ${*$self}{_SSL_error} = $SSL_ERROR if ref $self;
    return;
}

sub errstr {
    my $self = shift;
    return ref $self && ${*$self}{_SSL_error} || $SSL_ERROR || '';
}
sub want_read  { return shift->errstr == SSL_WANT_READ }
sub want_write { return shift->errstr == SSL_WANT_WRITE }

# ---- requests about this socket

sub _ask {
    my ( $self, $op, %more ) = @_;
    my $id = ${*$self}{_SSL_id};
    return Bridge::call( { op => $op, defined $id ? ( id => $id ) : (), %more }, $self );
}
sub _is_tls      { my $self = shift; return ${*$self}{_SSL_id} && ${*$self}{_SSL_object} }
sub _nonblocking { return shift->blocking ? 0 : 1 }

# SSL_error_trap: the socket is plain when it is called.
sub _run_error_trap {
    my ( $self, $code, @arguments ) = @_;
    _to_plain($self);
    $code->( $self, @arguments );
    return;
}

# SSL_on_peer_shutdown: what it returns is what the read returns.
sub _run_peer_shutdown {
    my ( $self, $code ) = @_;
    my @result = $code->($self);
    ${*$self}{_SSL_shutdown_result} = \@result;
    return $result[0];
}

# ---- new sockets

sub configure {
    my ( $self, $arguments ) = @_;
    my $blocking = delete $arguments->{Blocking};
    $arguments->{Blocking} = 1 if defined $blocking;    # until it is connected
    $arguments->{SSL_keepSocketOnError} = 0 if !exists $arguments->{SSL_keepSocketOnError};
    $self->configure_SSL($arguments) || return;
    if ( $arguments->{$FAMILY} ||= $arguments->{Domain} || $arguments->{Family} ) {
        $arguments->{GetAddrInfoFlags} = 0
            if $IOCLASS eq 'IO::Socket::IP' && !defined $arguments->{GetAddrInfoFlags};
    }
    $self->SUPER::configure($arguments)
        or return $SSL_ERROR ? () : $self->_internal_error("@ISA configuration failed");
    $self->blocking(0) if defined $blocking && !$blocking;
    return $self;
}

our @of_connection = qw(_SSL_id _SSL_opening _SSL_object _SSL_read_closed _SSL_write_closed _SSL_record);

sub configure_SSL {
    my ( $self, $arguments ) = @_;
    $arguments->{Proto} ||= 'tcp';
    $arguments->{SSL_server} = $arguments->{Listen} || 0 if !defined $arguments->{SSL_server};
    $arguments->{SSL_keepSocketOnError} = 1 if !exists $arguments->{SSL_keepSocketOnError};
    delete @{ *$self }{@of_connection};
    my $server = ${*$self}{_SSL_opened} = $arguments->{SSL_server};
    ${*$self}{_SSL_arguments} = $arguments;
    ${*$self}{_SSL_tls}       = Bridge::Values::tls_arguments($arguments);
    ${*$self}{_SSL_ctx} = IO::Socket::SSL::SSL_Context->_make( $server, ${*$self}{_SSL_tls}, $self );
    return ${*$self}{_SSL_ctx} && $self;
}

# Whether SSL_startHandshake says that the handshake comes later.
sub _starts_later {
    my $start = ${ *{ $_[0] } }{_SSL_arguments}{SSL_startHandshake};
    return defined $start && !$start;
}

sub connect {
    my $self = shift or return;
    return $self if ${*$self}{_SSL_opened};
    if ( !${*$self}{_SSL_opening} ) {
        $self->SUPER::connect(@_) or return;
        $! = 0;
        return $self if $self->_starts_later;
    }
    return $self->connect_SSL;
}

sub accept {
    my $self   = shift or return;
    my $class  = shift || 'IO::Socket::SSL';
    my $socket = ${*$self}{_SSL_opening};
    if ( !$socket ) {
        $socket = $self->SUPER::accept($class) || return;
        if ( $self->_starts_later ) {
            _inherit( $self, $socket );
            return wantarray ? ( $socket, getpeername($socket) ) : $socket;
        }
    }
    $self->accept_SSL($socket) || return;
    return wantarray ? ( $socket, getpeername($socket) ) : $socket;
}

# An accepted socket has what its listener has.
sub _inherit {
    my ( $self, $socket ) = @_;
    return if $socket == $self;
    ${*$socket}{$_} = ${*$self}{$_} for qw(_SSL_ctx _SSL_tls);
    ${*$socket}{_SSL_arguments} = { %{ ${*$self}{_SSL_arguments} }, SSL_server => 0 };
}

sub start_SSL {
    my ( $class, $socket ) = ( shift, shift );
    return $class->_internal_error('Not a socket') if !ref $socket;
    my $arguments = @_ == 1 ? $_[0] : {@_};
    my %limit     = exists $arguments->{Timeout} ? ( Timeout => delete $arguments->{Timeout} ) : ();
    my $original  = blessed($socket);
    my $fd        = UNIVERSAL::can( $socket, 'fileno' ) ? $socket->fileno : CORE::fileno($socket);
    if ( $arguments->{SSL_usebio} ) {
        $socket   = $class->_over($socket);
        $original = undef;
    }
    elsif ( !defined $fd ) { return $class->_internal_error('Socket has no fileno') }
    else                   { bless $socket, $class }
    if ( !$socket->configure_SSL($arguments) ) {
        bless $socket, $original if defined $original;
        return;
    }
    ${*$socket}{_SSL_ioclass_upgraded} = $original if defined $original && $class ne $original;
    return $socket if $socket->_starts_later;
    my $blocking = $socket->blocking(1);
    my $started  = $arguments->{SSL_server} ? $socket->accept_SSL(%limit) : $socket->connect_SSL(%limit);
    my $errno    = $! + 0;
    $socket->blocking(0) if !$blocking;
    $! = $errno;
    return $socket if $started;
    bless $socket, $original if defined $original;
    return;
}

# SSL_usebio: a socket of its own over another one, which may be TLS itself.
sub _over {
    my ( $class, $carrier ) = @_;
    my $socket = bless gensym(), $class;
    ${*$socket}{_SSL_carrier} = $carrier;
    ${*$socket}{_SSL_under}   = $carrier if ${*$carrier}{_SSL_id};
    my $fd = Bridge::Records::file_number($carrier);
    open( $socket, "+<&$fd" ) or die "dup: $!";
    return $socket;
}

sub new_from_fd {
    my ( $class, $fd ) = ( shift, shift );
    shift if $_[0] =~ /^[+<>rw]{1,3}$/;    # the mode
    my $handle = $ISA[0]->new_from_fd( $fd, '+<' ) or return;
    return $class->start_SSL( $handle, @_ );
}

# ---- handshakes

sub connect_SSL {
    my $self      = shift;
    my $arguments = @_ > 1 ? {@_} : $_[0] || {};
    return $self if ( ${*$self}{_SSL_opened} || 0 ) > 0;
    return $self->_handshake( $self, 'client', $arguments );
}

sub accept_SSL {
    my $self      = shift;
    my $socket    = @_ && UNIVERSAL::isa( $_[0], 'IO::Handle' ) ? shift : $self;
    my $arguments = @_ > 1 ? {@_} : $_[0] || {};
    _inherit( $self, $socket ) if !${*$self}{_SSL_opening};
    return $self->_handshake( $socket, 'server', $arguments );
}

sub _begin_handshake {
    my ( $self, $socket, $role ) = @_;
    ${*$self}{_SSL_opening} = $role eq 'server' ? $socket : 1;
    if ( !${*$socket}{_SSL_under} ) {
        delete ${*$socket}{_SSL_record};
        ${*$socket}{_SSL_fileno} = IO::Handle::fileno($socket);
    }
    return _open_connection( $socket, $role );
}

sub _handshake {
    my ( $self, $socket, $role, $arguments ) = @_;
    $SSL_ERROR = undef;
    $!         = 0;
    if ( !${*$self}{_SSL_opening} && !$self->_begin_handshake( $socket, $role ) ) {
        return $self->_handshake_failed($socket);
    }
    my $nonblocking = $socket->_nonblocking;
    my $timeout     = exists $arguments->{Timeout} ? $arguments->{Timeout} : ${*$self}{io_socket_timeout};
    my ( $value, $error ) = _ask(
        $socket, 'handshake',
        role        => $role,
        nonblocking => $nonblocking,
        timeout     => $nonblocking ? undef : $timeout || undef,
    );
    if ($error) {
        _failed( $_, $error ) for $socket, $self;
        return $self->_handshake_failed($socket);
    }
    return _wants( $socket, $value->{want} ) if $value->{want};
    delete ${*$self}{_SSL_opening};
    ${*$socket}{_SSL_opened} = 1;
    ${*$socket}{_SSL_object} = IO::Socket::SSL::Peer::object_of( ${*$socket}{_SSL_id} );
    $! = 0;
    tie *{$socket}, 'IO::Socket::SSL::SSL_HANDLE', $socket;
    return $socket;
}

# The connection on the other side, made by the first handshake.
sub _open_connection {
    my ( $socket, $role ) = @_;
    return 1 if ${*$socket}{_SSL_id};
    my $server    = $role eq 'server';
    my %arguments = %{ ${*$socket}{_SSL_tls} || {} };
    my $reuse     = delete $arguments{SSL_reuse_ctx};
    my $context   = ${*$socket}{_SSL_ctx};
    $arguments{SSL_session_key} ||= $socket->_session_key if !$server && $context->{session_cache};
    my $under = ${*$socket}{_SSL_under};
    my ( $value, $error ) = _ask(
        $socket, 'start',
        args    => \%arguments,
        context => $context->{id},
        reuses  => $reuse && !$server ? 1 : 0,
        server  => $server            ? 1 : 0,
        peer    => $server            ? undef : $socket->_peer_name,
        $under ? ( over => ${*$under}{_SSL_id} ) : (),
    );
    return _failed( $socket, $error ) if $error;
    ${*$socket}{_SSL_id}  = $value->{id};
    ${*$socket}{_SSL_pid} = $$;
    return 1;
}

# What the client was told to connect to, without the port; else the peer's address.
sub _peer_name {
    my $self      = shift;
    my $arguments = ${*$self}{_SSL_arguments};
    my $host      = $arguments->{PeerAddr} || $arguments->{PeerHost};
    if ( defined $host ) {
        $host =~ s/^((?:[^:\[]+)|(?:\[.*\]))(:[\w\-]+)?$/$1/;
        $host =~ s/^\[(.*)\]$/$1/;
        return $host;
    }
    my $name = getpeername($self) or return;
    my ( $error, $address ) = Socket::getnameinfo( $name, Socket::NI_NUMERICHOST() );
    return $error ? undef : $address;
}

# Under which name the original keeps the sessions of a client.
sub _session_key {
    my $self      = shift;
    my $arguments = ${*$self}{_SSL_arguments};
    my $host      = $arguments->{PeerAddr} || $arguments->{PeerHost};
    my $port      = $arguments->{PeerPort} || $arguments->{PeerService};
    if ( !$host ) {
        my $numeric = Socket::NI_NUMERICHOST() | Socket::NI_NUMERICSERV();
        ( undef, $host, $port ) = Socket::getnameinfo( getpeername($self), $numeric );
    }
    return $port ? "$host:$port" : $host;
}

require IO::Socket::SSL::Closing;
require IO::Socket::SSL::Transfer;
require IO::Socket::SSL::Peer;
require IO::Socket::SSL::Context;
1;
