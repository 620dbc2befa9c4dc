# Reading and writing, by methods and by the tied handle.
package IO::Socket::SSL;
use strict;
use warnings;
use Carp;
use Socket qw(MSG_PEEK);

sub blocking {
    my $self    = shift;
    my $carrier = ${*$self}{_SSL_carrier};
    return $carrier ? $carrier->blocking(@_) : $self->SUPER::blocking(@_);
}

# The file number, also while the handle is tied.
sub fileno {
    my $self = shift;
    my $kept = ${*$self}{_SSL_fileno};
    return defined $kept ? $kept : $self->SUPER::fileno;
}

# Puts what was read into the caller's buffer.
sub _put {
    my ( $buffer, $data, $offset ) = @_;
    $$buffer = '' if !defined $$buffer;
    $offset ||= 0;
    $offset += length $$buffer if $offset < 0;
    $$buffer .= "\0" x ( $offset - length $$buffer ) if $offset > length $$buffer;
    substr( $$buffer, $offset, length $$buffer, $data );
}

sub _read {
    my ( $self, $kind, $buffer, $length, $offset ) = @_;
    $IO::Socket::SSL::SSL_ERROR = undef;
    $! = 0;
    delete ${*$self}{_SSL_shutdown_result};
    my ( $value, $error ) = _ask(
        $self, 'read',
        kind        => $kind,
        length      => $length,
        nonblocking => $self->_nonblocking,
    );
    return _failed( $self, $error )        if $error;
    return _wants( $self, $value->{want} ) if $value->{want};
    if ( my $result = delete ${*$self}{_SSL_shutdown_result} ) { return $result->[0] }
    if ( !defined $value->{data} ) {
        _put( $buffer, '', $offset ) if !defined $$buffer;
        return 0;
    }
    utf8::downgrade( $value->{data} );
    _put( $buffer, $value->{data}, $offset );
    return length $value->{data};
}

sub read {
    my $self = shift;
    return $self->_read( 'read', \$_[0], $_[1], $_[2] ) if $self->_is_tls;
    return $self->SUPER::read(@_);
}

sub sysread {
    my $self = shift;
    return $self->_read( 'sysread', \$_[0], $_[1], $_[2] ) if $self->_is_tls;
    return $self->SUPER::sysread(@_);
}

sub peek {
    my $self = shift;
    return $self->_read( 'peek', \$_[0], $_[1], $_[2] ) if $self->_is_tls;
    return if !defined CORE::recv( $self, my $bytes, $_[1], MSG_PEEK );
    $_[0] = $_[2] ? substr( $_[0], 0, $_[2] ) . $bytes : $bytes;
    return length $bytes;
}

sub _write {
    my ( $self, $kind, $buffer, $length, $offset ) = @_;
    $IO::Socket::SSL::SSL_ERROR = undef;
    $! = 0;
    $offset ||= 0;
    $offset += length $$buffer if $offset < 0;
    return $self->_internal_error('Invalid offset for SSL write') if $offset > length $$buffer;
    return 0                                                      if $offset == length $$buffer;
    return $self->_send(
        kind => $kind,
        data => substr( $$buffer, $offset, $length || length $$buffer ),
    );
}

sub _send {
    my ( $self, %what ) = @_;
    my ( $value, $error ) = _ask( $self, 'write', %what, nonblocking => $self->_nonblocking );
    return _failed( $self, $error )        if $error;
    return _wants( $self, $value->{want} ) if $value->{want};
    return $value->{count};
}

sub write {
    my $self = shift;
    return $self->_write( 'write', \$_[0], $_[1], $_[2] ) if $self->_is_tls;
    return $self->SUPER::write(@_);
}

sub syswrite {
    my $self = shift;
    return $self->_write( 'syswrite', \$_[0], $_[1], $_[2] ) if $self->_is_tls;
    return $self->SUPER::syswrite(@_);
}

sub print {
    my $self = shift;
    my $text = join( defined $, ? $, : '', @_ ) . ( defined $\ ? $\ : '' );
    return $self->_write( 'print', \$text ) if $self->_is_tls;
    return $self->SUPER::print(@_);
}

sub printf {
    my ( $self, $format, @arguments ) = @_;
    return $self->SUPER::printf( $format, @arguments ) if !$self->_is_tls;
    return $self->_send( kind => 'printf', data => $format, args => \@arguments )
        if $self->blocking;
    return $self->_send( kind => 'write', data => sprintf( $format, @arguments ) );
}

sub getc {
    my $self = shift;
    return $self->SUPER::getc if !$self->_is_tls;
    my ( $value, $error ) = _ask( $self, 'getc' );
    return $error ? _failed( $self, $error ) : $value->{data};
}

sub readline {
    my $self = shift;
    return $self->SUPER::getline if !$self->_is_tls;
    my $list = wantarray;
    $IO::Socket::SSL::SSL_ERROR = undef;
    $! = 0;
    my ( $value, $error ) = _ask(
        $self, 'readline',
        separator   => ref $/ ? ${$/} + 0 : $/,
        list        => $list ? 1 : 0,
        nonblocking => $self->_nonblocking,
    );
    return _failed( $self, $error )        if $error;
    return _wants( $self, $value->{want} ) if $value->{want};
    my $data = $value->{data};
    return if !defined $data;
    utf8::downgrade($_) for $list ? @$data : $data;
    return $list ? @$data : $data;
}

sub getline { return scalar shift->readline }

sub getlines {
    my $self = shift;
    return $self->readline if wantarray;
    Carp::croak('Use of getlines() not allowed in scalar context');
}

sub pending {
    my $self = shift;
    return if !$self->_is_tls;
    my ($value) = _ask( $self, 'state' );
    return $value->{pending};
}

sub is_SSL {
    my $self = pop;
    return if !${*$self}{_SSL_object};
    return 'r' if ${*$self}{_SSL_fast_stopped};
    my ($value) = _ask( $self, 'state' );
    return $value->{isSsl};
}

# What print $socket, <$socket> and the like call.
package IO::Socket::SSL::SSL_HANDLE;
use strict;
use warnings;
use Errno        qw(EBADF);
use Scalar::Util qw(weaken);

sub TIEHANDLE {
    my ( $class, $socket ) = @_;
    weaken($socket);
    return bless \$socket, $class;
}
sub READ     { return ${ shift() }->sysread(@_) }
sub READLINE { return ${ shift() }->readline(@_) }
sub GETC     { return ${ shift() }->getc(@_) }
sub PRINT    { return ${ shift() }->print(@_) }
sub PRINTF   { return ${ shift() }->printf(@_) }
sub WRITE    { return ${ shift() }->syswrite(@_) }
sub FILENO   { return ${ shift() }->fileno(@_) }
sub TELL     { $! = EBADF; return -1 }
sub BINMODE  { return 0 }
sub CLOSE    { my $socket = ${ shift() }; return $socket->close }
1;
