# How TLS and sockets end: after a failure, by stop_SSL, by close.
package IO::Socket::SSL;
use strict;
use warnings;
use Carp qw(croak);

our ( $SSL_ERROR, @of_connection );

sub _handshake_failed {
    my ( $self, $socket ) = @_;
    my ( $error, $errno ) = ( $SSL_ERROR, $! + 0 );
    delete ${*$self}{_SSL_opening};
    ${*$socket}{_SSL_opened} = -1;
    $@ = "$error";
    my $arguments = ${*$socket}{_SSL_arguments};
    if ( !$arguments->{SSL_error_trap} ) {    # which the other side has called
        _to_plain($socket);
        $socket->SUPER::close
            if !${*$socket}{_SSL_ioclass_upgraded} && !$arguments->{SSL_keepSocketOnError};
    }
    ( $SSL_ERROR, $! ) = ( $error, $errno );
    return;
}

sub _to_plain {
    my $self = shift;
    untie *$self if tied *$self;
    delete @{ *$self }{ @of_connection, qw(_SSL_fileno _SSL_fast_stopped) };
    ${*$self}{_SSL_opened} = 0 if ( ${*$self}{_SSL_opened} || 0 ) != -1;
}

sub stop_SSL {
    my $self = shift or return;
    my $arguments = ref $_[0] eq 'HASH' ? $_[0] : {@_};
    if ( $self->_is_tls ) {
        my ( $value, $error ) = _ask(
            $self, 'stop',
            fast        => $arguments->{SSL_fast_shutdown} ? 1 : 0,
            silent      => $arguments->{SSL_no_shutdown}   ? 1 : 0,
            nonblocking => $self->_nonblocking,
            timeout     => exists $arguments->{Timeout} ? $arguments->{Timeout} : ${*$self}{io_socket_timeout},
        );
        if ($error) {
            _failed( $self, $error );
            return if $error->{name} !~ /Truncated|Peer/;
        }
        elsif ( $value->{want} ) { return _wants( $self, $value->{want} ) }
        elsif ( $value->{tail} ) {    # TLS bytes are still to be read
            ${*$self}{_SSL_fast_stopped} = 1;
            return $self;
        }
    }
    my $carrier = ${*$self}{_SSL_carrier};
    _to_plain($self);
    delete ${*$self}{_SSL_ctx} if $arguments->{SSL_ctx_free};
    return $carrier            if $carrier;
    if ( my $original = delete ${*$self}{_SSL_ioclass_upgraded} ) {
        bless $self, $original;
        delete @{ *$self }{ grep {/^_SSL_/} keys %{ *$self } };
    }
    return $self;
}

sub close {
    my $self = shift or return;
    my $arguments = ref $_[0] eq 'HASH' ? $_[0] : {@_};
    if ( ${*$self}{_SSL_id} ) {
        my $full = exists $arguments->{SSL_fast_shutdown} && !$arguments->{SSL_fast_shutdown};
        my ( undef, $error ) = _ask(
            $self, 'close',
            silent      => $arguments->{SSL_no_shutdown} ? 1 : 0,
            full        => $full                         ? 1 : 0,
            nonblocking => $self->_nonblocking,
        );
        _failed( $self, $error ) if $error;
    }
    my $carrier = ${*$self}{_SSL_carrier};
    _to_plain($self);
    ${*$self}{_SSL_opened} = 0;
    $carrier->close if $carrier;
    return $self->SUPER::close;
}

sub DESTROY {
    my $self = shift or return;
    return if !${*$self}{_SSL_id} || ( ${*$self}{_SSL_pid} || 0 ) != $$;
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT' || !Bridge::is_connected();
    eval { _ask( $self, 'close', silent => 1, nonblocking => 1 ) };
}

sub opened  { my $self = shift; return IO::Handle::opened($self) && ${*$self}{_SSL_opened} }
sub opening { my $self = shift; return ${*$self}{_SSL_opening} }

for my $name (qw(truncate stat setbuf setvbuf fdopen ungetc send recv)) {
    no strict 'refs';
    *$name = sub { croak("Use of $name() not allowed with SSL") };
}
1;
